/** What the devices of the two are told of a call: where it stands, as far as they may not know. */
import { limits } from '@stoa/protocol';
import type {
  AnsweredCall,
  CallAnswer,
  CallContext,
  CallEffect,
  CallFacts,
  CallInput,
  RingingCall,
  Side,
} from './call-state.ts';
import { relayAgain } from './reduce-relay.ts';

/** For a device that may not know: what it is told of a call that rings. */
export function whereItRings(
  state: RingingCall,
  device: Extract<CallInput, { type: 'signedIn' }>,
  context: CallContext,
): CallEffect[] {
  const { facts } = state;
  if (device.uid === facts.callee.uid) return incoming(state, context.now, device.dev);
  if (!device.missed || !isCaller(facts, device)) return [];
  return [calling(state, context), ...ringingAgain(state)];
}

/** The same of a call that was answered. The other side says again what it may not have heard of it. */
export function whereItStands(
  state: AnsweredCall,
  { uid, dev }: { readonly uid: number; readonly dev: number },
  context: CallContext,
): CallEffect[] {
  const { facts, answer } = state;
  const peerResumed = { type: 'peerResumed' } as const;
  if (isCaller(facts, { uid, dev })) {
    return [...sideAgain(state, 'caller', context), toCallee(facts, peerResumed, answer)];
  }
  if (uid !== facts.callee.uid) return [];
  if (dev === answer.dev) return [...sideAgain(state, 'callee', context), toCaller(facts, peerResumed)];
  return [{ type: 'tell', uid, dev, notice: { type: 'ended', reason: 'answeredElsewhere', seconds: 0 } }];
}

/** Where a side stands: what it was told when it was away may be what it needs to know most. */
export function sideAgain(state: AnsweredCall, side: Side, context: CallContext): CallEffect[] {
  const [again, self] =
    side === 'caller'
      ? ([tellAnswered(state, context), toCaller] as const)
      : ([tellAccepted(state, context), toCallee] as const);
  const resumed = self(state.facts, { type: 'resumed', phase: 'answered' }, state.answer);
  return [again, resumed, ...relayAgain(state, side)];
}

export function isCaller({ caller }: CallFacts, { uid, dev }: { uid: number; dev: number }): boolean {
  return uid === caller.uid && dev === caller.dev;
}

export function toCaller({ caller }: CallFacts, notice: Notice): CallEffect {
  return { type: 'tell', uid: caller.uid, dev: caller.dev, notice };
}

export function toCallee({ callee }: CallFacts, notice: Notice, answer: CallAnswer): CallEffect {
  return { type: 'tell', uid: callee.uid, dev: answer.dev, notice };
}

export function calling({ facts, ringsUntil }: RingingCall, { now, ticket }: CallContext): CallEffect {
  return toCaller(facts, { type: 'calling', ticket: ticket(facts), ms: Math.max(0, ringsUntil - now) });
}

/** What the caller was told of the ringing so far. */
export function ringingAgain({ facts, rings }: RingingCall): CallEffect[] {
  if (rings === 'no') return [];
  return [toCaller(facts, rings === 'waiting' ? { type: 'ringing', waiting: true } : { type: 'ringing' })];
}

/** The invitation and all that belongs to it, for one device of the callee or for all. */
export function incoming(state: RingingCall, now: number, dev?: number): CallEffect[] {
  const { facts, offer, candidates, media, ringsUntil } = state;
  const { caller, callee, video } = facts;
  const whom = { uid: callee.uid, ...(dev === undefined ? {} : { dev }) };
  const tell = (notice: Notice): CallEffect => ({ type: 'tell', ...whom, notice });
  const first = offer?.epoch === 1 ? { sdp: offer.sdp } : {};
  const effects = [
    tell({
      type: 'incoming',
      from: caller.address,
      name: caller.name,
      video,
      ms: Math.max(0, ringsUntil - now),
      ...first,
    }),
  ];
  if (offer !== undefined && offer.epoch > 1)
    effects.push(tell({ type: 'description', kind: 'offer', ...offer }));
  if (media !== undefined) effects.push(tell(media));
  for (let start = 0; start < candidates.list.length; start += limits.candidatesPerFrame) {
    const some = candidates.list.slice(start, start + limits.candidatesPerFrame);
    effects.push(tell({ type: 'candidates', epoch: candidates.epoch, candidates: some }));
  }
  return effects;
}

export function tellAnswered(
  { facts, answer }: AnsweredCall,
  { ticket }: CallContext,
  sdp?: string,
): CallEffect {
  const { video } = answer;
  const offer = sdp === undefined ? {} : { sdp };
  return toCaller(facts, { type: 'answered', video, ticket: ticket(facts, answer), ...offer });
}

export function tellAccepted({ facts, answer }: AnsweredCall, { ticket }: CallContext): CallEffect {
  return toCallee(facts, { type: 'accepted', ticket: ticket(facts, answer) }, answer);
}

type Notice = Extract<CallEffect, { type: 'tell' }>['notice'];
