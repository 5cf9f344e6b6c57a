import type { CallEndReason, CallFailure, CallNotice, CallRequest } from '@stoa/protocol';
import type { CallPhase } from './call-types.ts';

/** What a device knows of a call, apart from the media. */
export interface CallState {
  readonly phase: CallPhase;
  /** What to say when the server does not know the call: the invitation, or the answer to one. */
  readonly opening: CallRequest | undefined;
  /** Proves the call to a server that does not know it. */
  readonly ticket: string | undefined;
  /** The media has been connected at least once. */
  readonly hasConnected: boolean;
  /** The other one is in another call than this, and so is the user of this device. */
  readonly isSecond: boolean;
  /** Whether the media goes through the media server, because the two do not reach each other. */
  readonly relay: 'off' | 'wanted' | 'refused' | 'on';
  /** Names the media room of the server, when it is on. */
  readonly session: string | undefined;
  /** Why the two will not reach each other: what the call ends with unless the media server can be used. */
  readonly failure: CallFailure | undefined;
  /** When the phase comes to its end by itself; infinite when it does not. */
  readonly deadline: number;
  /** When the server is to be told again that this device is there. */
  readonly aliveAt: number;
  readonly reason: CallEndReason;
  readonly seconds: number;
  /** The server has not confirmed the end yet: it is to be told again. */
  readonly unconfirmed: CallRequest | undefined;
}

export type CallInput =
  | { readonly type: 'invite' | 'answer'; readonly opening: CallRequest }
  | { readonly type: 'hangup'; readonly reason?: CallFailure }
  /** The user takes up a call that was interrupted by loading the page anew. */
  | { readonly type: 'resume' }
  /** The server says something. */
  | { readonly type: 'notice'; readonly notice: CallNotice }
  /** There is a new connection to the server. */
  | { readonly type: 'online' }
  | { readonly type: 'media'; readonly media: 'up' | 'down' }
  /** The two do not reach each other so far; with a failure they will not. */
  | { readonly type: 'unreachable'; readonly failure?: CallFailure | undefined }
  | { readonly type: 'time' };

export type CallEffect =
  | { readonly type: 'send'; readonly event: CallRequest }
  /** What of the media's negotiation may have got lost is to be said again. */
  | { readonly type: 'repeat' }
  /** The media is to go through this room of the media server. */
  | { readonly type: 'relay'; readonly session: string }
  /** Microphone, camera and connection are to be released. */
  | { readonly type: 'release' };

export interface CallStep {
  readonly state: CallState;
  readonly effects: readonly CallEffect[];
}

export function newCall(
  phase: 'starting' | 'incoming' | 'interrupted',
  now: number,
  more: Partial<CallState> = {},
): CallState {
  return {
    phase,
    opening: undefined,
    ticket: undefined,
    hasConnected: false,
    isSecond: false,
    relay: 'off',
    session: undefined,
    failure: undefined,
    deadline: phase === 'interrupted' ? now + interruptedMs : Number.POSITIVE_INFINITY,
    aliveAt: Number.POSITIVE_INFINITY,
    reason: 'unknown',
    seconds: 0,
    unconfirmed: undefined,
    ...more,
  };
}

/** What becomes of a call by something that happened, and what is to be done about it. */
export function nextCall(state: CallState, input: CallInput, now: number): CallStep {
  switch (input.type) {
    case 'invite':
      return state.phase === 'starting' ? open(state, 'calling', input.opening, now) : unchanged(state);
    case 'answer':
      return state.phase === 'incoming' ? open(state, 'answering', input.opening, now) : unchanged(state);
    case 'resume':
      if (state.phase !== 'interrupted') return unchanged(state);
      return step({ ...state, phase: 'reconnecting', deadline: now + graceMs });
    case 'hangup':
      return hangUp(state, now, input.reason);
    case 'notice':
      return told(state, input.notice, now);
    case 'online':
      return step(state, ...introduction(state));
    case 'media':
      return mediaChanged(state, input.media, now);
    case 'unreachable':
      return unreachable(state, input.failure, now);
    case 'time':
      return onTime(state, now);
  }
}

/** When something is due next. */
export function nextDue({ deadline, aliveAt }: CallState): number {
  return Math.min(deadline, aliveAt);
}

function open(state: CallState, phase: 'calling' | 'answering', opening: CallRequest, now: number): CallStep {
  return step({ ...state, phase, opening, deadline: now + answerMs }, opening);
}

function hangUp(state: CallState, now: number, failure?: CallFailure): CallStep {
  const { phase } = state;
  if (phase === 'ended') return unchanged(state);
  const tell: CallRequest =
    phase === 'incoming'
      ? { type: 'decline' }
      : { type: 'hangup', ...(failure === undefined ? {} : { reason: failure }) };
  const reason = failure ?? (phase === 'incoming' ? 'declined' : isOpening(phase) ? 'cancelled' : 'hangup');
  // Nobody was told of it yet.
  if (phase === 'starting') return end(state, reason, 0, undefined, now);
  return end(state, reason, 0, tell, now);
}

function end(
  state: CallState,
  reason: CallEndReason,
  seconds: number,
  tell: CallRequest | undefined,
  now: number,
): CallStep {
  const ended: CallState = {
    ...state,
    phase: 'ended',
    reason,
    seconds,
    unconfirmed: tell,
    deadline: tell === undefined ? Number.POSITIVE_INFINITY : now + confirmMs,
    aliveAt: Number.POSITIVE_INFINITY,
  };
  const { state: after, effects } = step(ended, ...(tell === undefined ? [] : [tell]));
  return { state: after, effects: [...effects, { type: 'release' }] };
}

function told(state: CallState, notice: CallNotice, now: number): CallStep {
  const { phase } = state;
  if (phase === 'ended') {
    // A server for which the call goes on has not heard of its end.
    if (notice.type === 'resumed' && state.unconfirmed) return step(state, state.unconfirmed);
    return notice.type === 'ended' ? confirmed(state) : unchanged(state);
  }
  switch (notice.type) {
    case 'calling':
      if (!isOpening(phase)) return unchanged(state);
      return unchanged({
        ...state,
        ticket: notice.ticket,
        deadline: now + notice.ms + slackMs,
        aliveAt: now + aliveMs,
      });
    case 'waking':
      return unchanged(phase === 'calling' ? { ...state, phase: 'waking' } : state);
    case 'ringing':
      if (!isOpening(phase)) return unchanged(state);
      return unchanged({ ...state, phase: notice.waiting === true ? 'waiting' : 'ringing' });
    case 'incoming': {
      const until = { ...state, deadline: now + notice.ms + slackMs };
      if (phase === 'incoming') return step(until, ringing(state));
      return phase === 'answering' ? step(state, ...introduction(state)) : unchanged(state);
    }
    case 'answered':
    case 'accepted': {
      const { ticket } = notice;
      // Another page of this device has taken it.
      if (notice.type === 'accepted' && phase === 'incoming') {
        return end(state, 'answeredElsewhere', 0, undefined, now);
      }
      // The media may be faster than the server's word.
      if (phase !== 'answering' && !isOpening(phase)) {
        return unchanged({ ...state, ticket, aliveAt: Math.min(state.aliveAt, now + aliveMs) });
      }
      const connecting: CallState = {
        ...state,
        phase: 'connecting',
        ticket,
        deadline: now + connectMs,
        aliveAt: now + aliveMs,
      };
      // Without the answer's description the offer is to be made again.
      const isBare = notice.type === 'answered' && notice.sdp === undefined;
      const { state: after, effects } = step(connecting, ...wishes(connecting));
      return { state: after, effects: isBare ? [{ type: 'repeat' }, ...effects] : effects };
    }
    case 'relay':
      return relayed(state, notice.session, now);
    case 'noRelay': {
      if (state.relay === 'on') return unchanged(state);
      const refused: CallState = { ...state, relay: 'refused' };
      return state.failure === undefined ? unchanged(refused) : hangUp(refused, now, state.failure);
    }
    case 'resumed':
    case 'peerResumed':
      return { state, effects: [{ type: 'repeat' }] };
    case 'ended':
      return end(state, notice.reason, notice.seconds, undefined, now);
    default:
      return unchanged(state);
  }
}

/** What a device says about the call on a new connection. */
function introduction(state: CallState): CallRequest[] {
  const { phase, ticket, opening, unconfirmed } = state;
  const known: CallRequest[] =
    ticket !== undefined ? [{ type: 'resume', ticket }] : opening !== undefined ? [opening] : [];
  switch (phase) {
    case 'starting':
      return [];
    case 'incoming':
      return [ringing(state)];
    case 'ended':
      return unconfirmed ? [...known, unconfirmed] : [];
    default:
      return [...known, ...wishes(state)];
  }
}

/** What is asked of the server until it answers. */
function wishes({ phase, relay }: CallState): CallRequest[] {
  const isAnswered = phase === 'connecting' || phase === 'connected' || phase === 'reconnecting';
  return isAnswered && relay === 'wanted' ? [{ type: 'relay' }] : [];
}

function unreachable(before: CallState, failure: CallFailure | undefined, now: number): CallStep {
  const { phase, relay } = before;
  if (phase === 'ended' || relay === 'on') return unchanged(before);
  if (relay === 'refused') return failure === undefined ? unchanged(before) : hangUp(before, now, failure);
  const state: CallState = { ...before, relay: 'wanted', failure: failure ?? before.failure };
  return step(state, ...wishes(state));
}

function relayed(before: CallState, session: string, now: number): CallStep {
  const { phase, relay } = before;
  const isNew = relay !== 'on';
  const waitMs =
    isNew && phase === 'connecting' ? connectMs : isNew && phase === 'reconnecting' ? graceMs : 0;
  const deadline = Math.max(before.deadline, waitMs === 0 ? 0 : now + waitMs);
  const state: CallState = { ...before, relay: 'on', session, failure: undefined, deadline };
  // A page that was loaded anew waits for its user.
  return { state, effects: phase === 'interrupted' ? [] : [{ type: 'relay', session }] };
}

function mediaChanged(state: CallState, media: 'up' | 'down', now: number): CallStep {
  const { phase } = state;
  if (media === 'up' && (phase === 'connecting' || phase === 'reconnecting' || phase === 'answering')) {
    const connected: CallState = {
      ...state,
      phase: 'connected',
      hasConnected: true,
      deadline: Number.POSITIVE_INFINITY,
      // What was wished for because the two did not reach each other.
      relay: state.relay === 'wanted' ? 'off' : state.relay,
      failure: undefined,
    };
    return step(connected, ...(state.hasConnected ? [] : [{ type: 'connected' } as const]));
  }
  if (media === 'down' && phase === 'connected') {
    return unchanged({ ...state, phase: 'reconnecting', deadline: now + graceMs });
  }
  return unchanged(state);
}

function onTime(before: CallState, now: number): CallStep {
  const { phase, ticket, deadline, aliveAt } = before;
  if (now >= deadline) {
    switch (phase) {
      case 'ended':
        return confirmed(before);
      case 'incoming':
        return end(before, 'noAnswer', 0, undefined, now);
      case 'waking':
      case 'ringing':
      case 'waiting':
        return end(before, 'noAnswer', 0, { type: 'hangup' }, now);
      case 'interrupted':
        return hangUp(before, now);
      default:
        return hangUp(before, now, 'networkError');
    }
  }
  if (now < aliveAt || ticket === undefined) return unchanged(before);
  return step({ ...before, aliveAt: now + aliveMs }, { type: 'alive', ticket });
}

function confirmed(state: CallState): CallStep {
  return unchanged({ ...state, unconfirmed: undefined, deadline: Number.POSITIVE_INFINITY });
}

function ringing({ isSecond }: CallState): CallRequest {
  return isSecond ? { type: 'ringing', waiting: true } : { type: 'ringing' };
}

/** Whether it is an own call that nobody has answered yet. */
export function isOpening(phase: CallPhase): boolean {
  return ['starting', 'calling', 'waking', 'ringing', 'waiting'].includes(phase);
}

function step(state: CallState, ...events: CallRequest[]): CallStep {
  return { state, effects: events.map((event) => ({ type: 'send', event })) };
}

function unchanged(state: CallState): CallStep {
  return { state, effects: [] };
}

/** The server counts first; a device that it does not reach comes to the same end by itself a little later. */
const slackMs = 5_000;
const answerMs = 30_000;
const connectMs = 35_000;
const graceMs = 60_000;
const interruptedMs = 30_000;
const aliveMs = 20_000;
/** How long it is tried to tell the server that the call is over. */
const confirmMs = 60_000;
