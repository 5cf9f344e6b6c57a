/** Calls whose media goes through this node, because the two devices do not reach each other. */
import type { CallRequest } from '@stoa/protocol';
import type { AnsweredCall, CallContext, CallEffect, CallInput, CallStep, Side } from './call-state.ts';
import { endAnswered } from './end-call.ts';

/** A side asks for the media room, or connects to it. Both may ask at once, and again: they get the same one. */
export function fromSideToRelay(
  state: AnsweredCall,
  side: Side,
  event: Extract<CallRequest, { type: 'relay' | 'relayOffer' }>,
): CallStep {
  const { relaying } = state;
  switch (relaying.is) {
    case 'off':
      return { state: { ...state, relaying: { is: 'opening' } }, effects: [{ type: 'openRelay' }] };
    case 'opening':
      return { state, effects: [] };
    case 'on': {
      const isToIt = event.type === 'relayOffer' && event.session === relaying.session;
      const effects: CallEffect[] = isToIt
        ? [{ type: 'connectRelay', side, offer: event }]
        : [tellRelay(state, side, relaying.session)];
      return { state, effects };
    }
  }
}

/** Something happened to the media room. */
export function relayChanged(
  state: AnsweredCall,
  input: Exclude<CallInput, { type: 'said' | 'signedIn' | 'unheard' | 'tick' }>,
  context: CallContext,
): CallStep {
  const { relaying } = state;
  switch (input.type) {
    case 'relayOpened': {
      if (relaying.is !== 'opening') return { state, effects: [] };
      const { session } = input;
      // The connection between the two has taken a part of the time in vain.
      const connectsUntil = context.now + context.times.connect;
      const on: AnsweredCall = { ...state, relaying: { is: 'on', session }, connectsUntil };
      return { state: on, effects: sides.map((side) => tellRelay(state, side, session)) };
    }
    case 'relayRefused':
      if (relaying.is !== 'opening') return { state, effects: [] };
      return {
        state: { ...state, relaying: { is: 'off' } },
        effects: sides.map((side) => ({
          type: 'tell',
          ...deviceOf(state, side),
          notice: { type: 'noRelay' },
        })),
      };
    case 'relayLost':
      if (relaying.is !== 'on') return { state, effects: [] };
      return { state: { ...state, relaying: { is: 'opening' } }, effects: [{ type: 'openRelay' }] };
    case 'offerRefused':
      return endAnswered(state, 'incompatible', context);
    case 'signedOut':
      return endAnswered(state, 'lost', context);
  }
}

/** What a side that was not connected may not have heard. */
export function relayAgain(state: AnsweredCall, side: Side): CallEffect[] {
  const { relaying } = state;
  if (relaying.is !== 'on') return [];
  return [tellRelay(state, side, relaying.session), { type: 'repeatRelay', side }];
}

/** The device of a side. */
export function deviceOf(
  { facts, answer }: Pick<AnsweredCall, 'facts' | 'answer'>,
  side: Side,
): { uid: number; dev: number } {
  const { caller, callee } = facts;
  return side === 'caller' ? { uid: caller.uid, dev: caller.dev } : { uid: callee.uid, dev: answer.dev };
}

function tellRelay(state: AnsweredCall, side: Side, session: string): CallEffect {
  return { type: 'tell', ...deviceOf(state, side), notice: { type: 'relay', session } };
}

const sides: readonly Side[] = ['caller', 'callee'];
