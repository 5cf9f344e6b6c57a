import type { CallEndReason, CallLog } from '@stoa/protocol';
import type {
  AnsweredCall,
  CallContext,
  CallEffect,
  CallFacts,
  CallStep,
  EndedCall,
  RingingCall,
} from './call-state.ts';

/** Ends a call that rings. `dev`: the device of the callee that decided it, if it was one. */
export function endRinging(state: RingingCall, reason: CallEndReason, dev?: number): CallStep {
  const otherReason = reason === 'declined' ? 'declinedElsewhere' : reason;
  const ended: EndedCall = {
    phase: 'ended',
    facts: state.facts,
    seconds: 0,
    callerReason: reason,
    dev,
    devReason: reason,
    otherReason,
  };
  const outcome = outcomes[reason] ?? 'missed';
  const effects = endAgain(ended);
  if (state.woken) effects.push({ type: 'unwake' });
  if (reason !== 'merged') effects.push(logOf(state.facts, outcome, 0));
  return { state: ended, effects };
}

/**
 * Ends a call that was answered.
 *
 * @param at when it came to its end, if that is known to be earlier than now
 */
export function endAnswered(
  state: AnsweredCall,
  reason: CallEndReason,
  { now }: CallContext,
  at = now,
): CallStep {
  const { facts, answer, connected } = state;
  const talked = connected.caller || connected.callee;
  const seconds = talked ? Math.max(0, Math.round((at - answer.at) / 1000)) : 0;
  const ended: EndedCall = {
    phase: 'ended',
    facts,
    seconds,
    callerReason: reason,
    dev: answer.dev,
    devReason: reason,
    otherReason: 'answeredElsewhere',
  };
  return {
    state: ended,
    effects: [
      tellCaller(ended),
      tellDevice(ended, answer.dev),
      logOf(facts, talked ? 'answered' : 'failed', seconds),
    ],
  };
}

/** How the call ended, for the caller's device. */
export function tellCaller({ facts, callerReason, seconds }: EndedCall): CallEffect {
  const { uid, dev } = facts.caller;
  return { type: 'tell', uid, dev, notice: { type: 'ended', reason: callerReason, seconds } };
}

/** How the call ended, for a device of the callee. */
export function tellDevice(
  { facts, dev: deciding, devReason, otherReason, seconds }: EndedCall,
  dev: number,
): CallEffect {
  const notice =
    dev === deciding
      ? ({ type: 'ended', reason: devReason, seconds } as const)
      : ({ type: 'ended', reason: otherReason, seconds: 0 } as const);
  return { type: 'tell', uid: facts.callee.uid, dev, notice };
}

/** How the call ended, for all whom it has concerned. */
export function endAgain(state: EndedCall): CallEffect[] {
  const { dev, facts, otherReason } = state;
  const others = { type: 'ended', reason: otherReason, seconds: 0 } as const;
  return [
    tellCaller(state),
    ...(dev === undefined ? [] : [tellDevice(state, dev)]),
    {
      type: 'tell',
      uid: facts.callee.uid,
      ...(dev === undefined ? {} : { exceptDev: dev }),
      notice: others,
    },
  ];
}

function logOf({ id, video }: CallFacts, outcome: CallLog['outcome'], seconds: number): CallEffect {
  return { type: 'log', log: { id, outcome, seconds, video } };
}

const outcomes: { readonly [Reason in CallEndReason]?: CallLog['outcome'] } = {
  declined: 'declined',
  busy: 'busy',
};
