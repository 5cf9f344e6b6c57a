import { type StoaError, shouldReconnect } from '@stoa/protocol';
import { backoffMs, hastyBackoffMs } from '../backoff.ts';
import type { EnvironmentChange } from '../environment.ts';

/** `deadline` is when the state ends by itself; it is the only thing that a timer is needed for. */
export type ConnectionState =
  | { readonly name: 'stopped' }
  /** The WebSocket is being opened (`greeted` false), or hello was sent and welcome has not come. */
  | {
      readonly name: 'connecting';
      readonly failures: number;
      readonly greeted: boolean;
      readonly deadline: number;
    }
  | {
      readonly name: 'online';
      readonly failures: number;
      readonly since: number;
      /** Milliseconds of silence after which the connection is dead. */
      readonly silence: number;
      /** A ping was sent: `heard` is the number of messages that had come by then. */
      readonly asked?: { readonly heard: number };
      readonly deadline: number;
    }
  | {
      readonly name: 'waiting';
      readonly failures: number;
      readonly reason: string;
      readonly deadline: number;
    }
  | { readonly name: 'refused'; readonly error: StoaError; readonly signedOut: boolean };

export type ConnectionEvent =
  | { readonly type: 'start' }
  | { readonly type: 'stop' }
  /** The WebSocket is open. */
  | { readonly type: 'opened' }
  | { readonly type: 'welcomed'; readonly silence: number }
  /** The connection ended with a close code; `error` is what the server said before. */
  | {
      readonly type: 'closed';
      readonly code: number;
      readonly reason: string;
      readonly error: StoaError;
      readonly signedOut: boolean;
    }
  /** The connection is of no use any more, whatever its socket says. */
  | { readonly type: 'failed'; readonly reason: string; readonly retryAfterMs?: number }
  /** Do not come back: the credentials or the store are gone. */
  | { readonly type: 'refused'; readonly error: StoaError; readonly signedOut: boolean }
  /** The deadline has come. `heard`: number of messages so far; `heardAt`: when the last one came. */
  | { readonly type: 'deadline'; readonly heard: number; readonly heardAt: number }
  | { readonly type: 'environment'; readonly change: EnvironmentChange; readonly heard: number };

/** What is to be done about the socket, in this order. `drop`: close it and hear no more of it. */
export type ConnectionEffect = 'drop' | 'open' | 'hello' | 'ping';

export interface Transition {
  readonly state: ConnectionState;
  readonly effects: readonly ConnectionEffect[];
}

/** From connecting to welcome. */
const welcomeMs = 10_000;
/** How long a connection has to answer when there is reason to doubt it. */
const probeMs = 2_000;
/** A connection that lasted this long was a success. */
const lastedMs = 5_000;
/** After this part of the longest silence the client asks by itself: the server may be quiet for a good reason. */
const askAfter = 2 / 3;

/** All that decides on the state besides what happens. */
export interface ConnectionContext {
  readonly now: number;
  /** 0 to 1. */
  readonly random: number;
  /** The user is in a call or a room, and waits for the connection to come back. */
  readonly inHaste?: boolean;
}

/** The next state of the connection. Pure: the context is the only thing it knows of the world. */
export function nextConnectionState(
  state: ConnectionState,
  event: ConnectionEvent,
  context: ConnectionContext,
): Transition {
  const { now } = context;
  switch (event.type) {
    case 'start':
      return state.name === 'stopped' || state.name === 'refused' ? connect(0, now) : unchanged(state);
    case 'stop':
      return { state: { name: 'stopped' }, effects: ['drop'] };
    case 'opened':
      if (state.name !== 'connecting') return unchanged(state);
      return { state: { ...state, greeted: true }, effects: ['hello'] };
    case 'welcomed':
      return state.name === 'connecting' ? welcomed(state.failures, event.silence, now) : unchanged(state);
    case 'closed':
      if (!isLive(state)) return unchanged(state);
      if (shouldReconnect(event.code)) return lost(state, event.reason, context, event.error.retryAfterMs);
      return refused(event.error, event.signedOut);
    case 'failed':
      return isLive(state) ? lost(state, event.reason, context, event.retryAfterMs) : unchanged(state);
    case 'refused':
      return state.name === 'stopped' ? unchanged(state) : refused(event.error, event.signedOut);
    case 'deadline':
      return atDeadline(state, event, context);
    case 'environment':
      return inEnvironment(state, event.change, event.heard, now);
  }
}

type LiveState = Extract<ConnectionState, { name: 'connecting' | 'online' }>;

function isLive(state: ConnectionState): state is LiveState {
  return state.name === 'connecting' || state.name === 'online';
}

function unchanged(state: ConnectionState): Transition {
  return { state, effects: [] };
}

function connect(failures: number, now: number): Transition {
  return {
    state: { name: 'connecting', failures, greeted: false, deadline: now + welcomeMs },
    effects: ['drop', 'open'],
  };
}

function welcomed(failures: number, silence: number, now: number): Transition {
  const deadline = now + silence * askAfter;
  return { state: { name: 'online', failures, since: now, silence, deadline }, effects: [] };
}

function lost(
  state: LiveState,
  reason: string,
  { now, random, inHaste = false }: ConnectionContext,
  retryAfterMs?: number,
): Transition {
  const lasted = state.name === 'online' && now - state.since >= lastedMs;
  const failures = lasted ? 0 : state.failures;
  // The server's word is a minimum; what is added keeps its clients apart.
  const delay = (retryAfterMs ?? 0) + (inHaste ? hastyBackoffMs : backoffMs)(failures, random);
  return {
    state: { name: 'waiting', failures: failures + 1, reason, deadline: now + delay },
    effects: ['drop'],
  };
}

function refused(error: StoaError, signedOut: boolean): Transition {
  return { state: { name: 'refused', error, signedOut }, effects: ['drop'] };
}

function atDeadline(
  state: ConnectionState,
  { heard, heardAt }: { heard: number; heardAt: number },
  context: ConnectionContext,
): Transition {
  const { now } = context;
  if (state.name === 'waiting') return connect(state.failures, now);
  if (state.name === 'connecting') return lost(state, 'The server did not answer.', context);
  if (state.name !== 'online') return unchanged(state);
  const { asked, ...others } = state;
  if (asked !== undefined && heard === asked.heard) {
    return lost(state, 'Nothing was heard from the server.', context);
  }
  // Never further ahead than this, should the clock have been set back.
  const askAt = Math.min(heardAt, now) + state.silence * askAfter;
  if (now < askAt) return { state: { ...others, deadline: askAt }, effects: [] };
  // After a sleep of the machine the silence is over already: then the usual time for a doubtful connection.
  return ask(state, heard, Math.max(heardAt + state.silence, now + probeMs));
}

function ask(state: ConnectionState & { name: 'online' }, heard: number, deadline: number): Transition {
  return { state: { ...state, asked: { heard }, deadline }, effects: ['ping'] };
}

function inEnvironment(
  state: ConnectionState,
  change: EnvironmentChange,
  heard: number,
  now: number,
): Transition {
  if (state.name === 'online') {
    const soon = now + probeMs;
    const asking = state.asked !== undefined && state.asked.heard === heard && state.deadline <= soon;
    return asking ? unchanged(state) : ask(state, heard, soon);
  }
  if (change === 'offline') return unchanged(state);
  if (state.name === 'waiting') return connect(0, now);
  // An attempt that began without a network may hang for long.
  const hanging = state.name === 'connecting' && !state.greeted && change === 'online';
  return hanging ? connect(0, now) : unchanged(state);
}
