import { type CallRequest, limits } from '@stoa/protocol';
import type {
  AnsweredCall,
  CallAnswer,
  CallContext,
  CallEffect,
  CallFacts,
  CallInput,
  CallState,
  CallStep,
  EndedCall,
  RingingCall,
} from './call-state.ts';
import { endAgain, endAnswered, endRinging, tellCaller, tellDevice } from './end-call.ts';
import { deviceOf, fromSideToRelay, relayAgain, relayChanged } from './reduce-relay.ts';
import {
  calling,
  incoming,
  isCaller,
  ringingAgain,
  sideAgain,
  tellAccepted,
  tellAnswered,
  toCallee,
  toCaller,
  whereItRings,
  whereItStands,
} from './tell-call.ts';

/** A call begins: all devices of the callee are told. */
export function startCall(facts: CallFacts, sdp: string | undefined, context: CallContext): CallStep {
  const { now, times } = context;
  const state: RingingCall = {
    phase: 'ringing',
    facts,
    ringsUntil: facts.invitedAt + times.ring,
    wakeAt: now + wakeAfterMs,
    tellAt: now + tellAfterMs,
    woken: false,
    rings: 'no',
    callerUntil: now + times.grace,
    offer: sdp === undefined ? undefined : { epoch: 1, sdp },
    candidates: { epoch: 1, list: [] },
    media: undefined,
  };
  return { state, effects: [calling(state, context), ...incoming(state, now)] };
}

/** A call goes on that another node, or this one before a restart, was responsible for. */
export function adoptCall(facts: CallFacts, answer: CallAnswer | undefined, context: CallContext): CallStep {
  if (answer === undefined) return startCall(facts, undefined, context);
  const { now, times } = context;
  const until = now + times.grace;
  const state: AnsweredCall = {
    phase: 'answered',
    facts,
    answer,
    // Whoever resumes has had the call, and watches his connection himself.
    connected: { caller: true, callee: true },
    // A media room that there was has gone with its node; its devices ask for another.
    relaying: { is: 'off' },
    connectsUntil: now + times.connect,
    heardAt: { caller: now, callee: now },
    until: { caller: until, callee: until },
  };
  return { state, effects: [] };
}

/** What becomes of a call by something that happened, and what is to be done about it. */
export function reduce(state: CallState, input: CallInput, context: CallContext): CallStep {
  switch (state.phase) {
    case 'ringing':
      return whileRinging(state, input, context);
    case 'answered':
      return whileAnswered(state, input, context);
    case 'ended':
      return afterTheEnd(state, input);
  }
}

function whileRinging(state: RingingCall, input: CallInput, context: CallContext): CallStep {
  const { facts } = state;
  switch (input.type) {
    case 'tick':
      return ringOn(state, input.deaf, context.now);
    case 'signedIn':
      return { state, effects: whereItRings(state, input, context) };
    case 'unheard':
      return ringAgain(state, context);
    case 'said':
      if (isCaller(facts, input)) return fromCallerWhileRinging(state, input.event, context);
      if (input.uid === facts.callee.uid)
        return fromCalleeWhileRinging(state, input.dev, input.event, context);
      return unchanged(state);
    default:
      return unchanged(state);
  }
}

/** Told again where it stands, devices say again what nobody has heard. */
function ringAgain(before: RingingCall, context: CallContext): CallStep {
  const { now, times } = context;
  const state: RingingCall = { ...before, callerUntil: now + times.grace };
  const resumed = toCaller(state.facts, { type: 'resumed', phase: 'ringing' });
  return {
    state,
    effects: [calling(state, context), ...ringingAgain(state), resumed, ...incoming(state, now)],
  };
}

function ringOn(state: RingingCall, deaf: boolean, now: number): CallStep {
  if (!deaf && now >= state.callerUntil) return endRinging(state, 'cancelled');
  if (now >= state.ringsUntil) return endRinging(state, state.rings === 'no' ? 'offline' : 'noAnswer');
  const isToWake = state.wakeAt !== undefined && now >= state.wakeAt;
  const isToTell = state.tellAt !== undefined && now >= state.tellAt;
  if (!isToWake && !isToTell) return unchanged(state);
  return {
    state: {
      ...state,
      ...(isToWake && { wakeAt: undefined, woken: true }),
      ...(isToTell && { tellAt: undefined }),
    },
    effects: [
      ...(isToWake ? [{ type: 'wake' } as const] : []),
      ...(isToTell ? [toCaller(state.facts, { type: 'waking' })] : []),
    ],
  };
}

function fromCallerWhileRinging(before: RingingCall, event: CallRequest, context: CallContext): CallStep {
  const { now, times } = context;
  const { facts } = before;
  const state: RingingCall = { ...before, callerUntil: now + times.grace };
  const toAll = (notice: RelayedEvent): CallEffect => ({ type: 'tell', uid: facts.callee.uid, notice });
  switch (event.type) {
    case 'invite':
      return { state, effects: [calling(state, context), ...ringingAgain(state)] };
    case 'alive':
      return unchanged(state);
    case 'resume': {
      const resumed = toCaller(facts, { type: 'resumed', phase: 'ringing' });
      return { state, effects: [resumed, ...ringingAgain(state)] };
    }
    case 'leaving':
      return unchanged({ ...before, callerUntil: now + leavingMs });
    case 'hangup':
      return endRinging(state, 'cancelled');
    case 'description': {
      if (event.kind !== 'offer') return unchanged(state);
      const { epoch, sdp } = event;
      return { state: { ...state, offer: { epoch, sdp } }, effects: [toAll(event)] };
    }
    case 'candidates': {
      const { epoch, candidates } = event;
      const kept = epoch === state.candidates.epoch ? state.candidates.list : [];
      const list = [...kept, ...candidates].slice(0, limits.candidatesKept);
      return { state: { ...state, candidates: { epoch, list } }, effects: [toAll(event)] };
    }
    case 'media':
      return { state: { ...state, media: event }, effects: [toAll(event)] };
    default:
      return unchanged(state);
  }
}

function fromCalleeWhileRinging(
  state: RingingCall,
  dev: number,
  event: CallRequest,
  context: CallContext,
): CallStep {
  const { rings } = state;
  switch (event.type) {
    case 'ringing': {
      const now = event.waiting === true ? 'waiting' : 'yes';
      if (rings === 'yes' || rings === now) return unchanged(state);
      const ringing: RingingCall = { ...state, rings: now, wakeAt: undefined, tellAt: undefined };
      return { state: ringing, effects: ringingAgain(ringing) };
    }
    case 'busy':
      return endRinging(state, 'busy', dev);
    case 'decline':
    case 'hangup':
      return endRinging(state, 'declined', dev);
    case 'merge':
      return endRinging(state, 'merged', dev);
    case 'answer':
      return answered(state, { dev, at: context.now, video: event.video }, event.sdp, context);
    case 'resume':
      return { state, effects: incoming(state, context.now, dev) };
    default:
      return unchanged(state);
  }
}

function answered(
  { facts, callerUntil, woken }: RingingCall,
  answer: CallAnswer,
  sdp: string | undefined,
  context: CallContext,
): CallStep {
  const { now, times } = context;
  const state: AnsweredCall = {
    phase: 'answered',
    facts,
    answer,
    connected: { caller: false, callee: false },
    relaying: { is: 'off' },
    connectsUntil: now + times.connect,
    heardAt: { caller: now, callee: now },
    until: { caller: callerUntil, callee: now + times.grace },
  };
  const { uid } = facts.callee;
  const elsewhere = { type: 'ended', reason: 'answeredElsewhere', seconds: 0 } as const;
  return {
    state,
    effects: [
      tellAnswered(state, context, sdp),
      tellAccepted(state, context),
      { type: 'tell', uid, exceptDev: answer.dev, notice: elsewhere },
      ...(woken ? [{ type: 'unwake' } as const] : []),
    ],
  };
}

function whileAnswered(state: AnsweredCall, input: CallInput, context: CallContext): CallStep {
  const { facts, answer } = state;
  if (input.type === 'tick') return talkOn(state, input.deaf, context);
  if (input.type === 'unheard') return talkAgain(state, context);
  if (input.type === 'signedIn') {
    return { state, effects: input.missed ? whereItStands(state, input, context) : [] };
  }
  if (input.type !== 'said') return relayChanged(state, input, context);
  if (isCaller(facts, input)) return fromSide(state, 'caller', input.event, context);
  if (input.uid !== facts.callee.uid) return unchanged(state);
  if (input.dev === answer.dev) return fromSide(state, 'callee', input.event, context);
  return { state, effects: whereItStands(state, input, context) };
}

/** As ringAgain does. */
function talkAgain(before: AnsweredCall, context: CallContext): CallStep {
  const until = context.now + context.times.grace;
  const state: AnsweredCall = { ...before, until: { caller: until, callee: until } };
  return { state, effects: [...sideAgain(state, 'caller', context), ...sideAgain(state, 'callee', context)] };
}

function talkOn(state: AnsweredCall, deaf: boolean, context: CallContext): CallStep {
  const { answer, connected, connectsUntil, heardAt, until } = state;
  const { now, times } = context;
  for (const side of ['caller', 'callee'] as const) {
    if (!deaf && now >= until[side]) return endAnswered(state, 'lost', context, heardAt[side]);
  }
  if (now >= connectsUntil && !(connected.caller && connected.callee)) {
    return endAnswered(state, 'networkError', context);
  }
  const longest = Math.min(times.longest || Number.POSITIVE_INFINITY, state.facts.longest ?? Infinity);
  if (now >= answer.at + longest) return endAnswered(state, 'tooLong', context);
  return unchanged(state);
}

function fromSide(
  before: AnsweredCall,
  side: 'caller' | 'callee',
  event: CallRequest,
  context: CallContext,
): CallStep {
  const { now, times } = context;
  const wait = event.type === 'leaving' ? leavingMs : times.grace;
  const state: AnsweredCall = {
    ...before,
    heardAt: { ...before.heardAt, [side]: now },
    until: { ...before.until, [side]: now + wait },
  };
  const other = side === 'caller' ? toCallee : toCaller;
  switch (event.type) {
    case 'invite':
      if (side !== 'caller') return unchanged(state);
      return { state, effects: [tellAnswered(state, context), ...relayAgain(state, side)] };
    case 'answer':
      if (side !== 'callee') return unchanged(state);
      return { state, effects: [tellAccepted(state, context), ...relayAgain(state, side)] };
    case 'connected':
      return unchanged({ ...state, connected: { ...state.connected, [side]: true } });
    case 'resume':
      return { state, effects: whereItStands(state, deviceOf(state, side), context) };
    case 'hangup':
      return endAnswered(state, event.reason ?? 'hangup', context);
    case 'relay':
    case 'relayOffer':
      return fromSideToRelay(state, side, event);
    case 'description':
    case 'candidates':
      // Of a connection that was given up.
      if (state.relaying.is === 'on') return unchanged(state);
      return { state, effects: [other(state.facts, event, state.answer)] };
    case 'media':
    case 'dtmf':
      return { state, effects: [other(state.facts, event, state.answer)] };
    default:
      return unchanged(state);
  }
}

function afterTheEnd(state: EndedCall, input: CallInput): CallStep {
  if (input.type === 'unheard') return { state, effects: endAgain(state) };
  if (input.type !== 'said' && input.type !== 'signedIn') return unchanged(state);
  if (input.type === 'said' ? silent.has(input.event.type) : !input.missed) return unchanged(state);
  const { facts } = state;
  if (isCaller(facts, input)) return { state, effects: [tellCaller(state)] };
  if (input.uid === facts.callee.uid) return { state, effects: [tellDevice(state, input.dev)] };
  return unchanged(state);
}

/** What a device may say many times, or on its way out: it learns of the end by something else. */
const silent: ReadonlySet<CallRequest['type']> = new Set(['leaving', 'candidates']);

type RelayedEvent = Extract<CallRequest, { type: 'description' | 'candidates' | 'media' | 'dtmf' }>;
function unchanged(state: CallState): CallStep {
  return { state, effects: [] };
}

/** A device that is connected has said by then that it rings; all others are woken. */
const wakeAfterMs = 500;
/** A caller need not see that it took a moment. */
const tellAfterMs = 2_000;
/** A page that is loaded anew takes a few seconds; one that is closed must not keep the other side waiting. */
const leavingMs = 15_000;
