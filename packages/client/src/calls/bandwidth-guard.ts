import type { CallQuality } from './call-types.ts';

/**
 * Whether the own video is sent, by what the network takes: when there is room for sound only, the video is paused, so
 * that the sound gets through; after a while it is tried again, later each time that it does not help.
 */
export interface GuardState {
  readonly paused: boolean;
  /** Since when the network takes too little (or, paused, enough); undefined while it does not. */
  readonly since: number | undefined;
  /** When the video was paused or came back. */
  readonly changedAt: number;
  /** Milliseconds that the network must be good before the video comes back. */
  readonly patienceMs: number;
}

export const newGuard: GuardState = {
  paused: false,
  since: undefined,
  changedAt: Number.NEGATIVE_INFINITY,
  patienceMs: 10_000,
};

/** What becomes of it after the quality at a time, in milliseconds. */
export function nextGuard(state: GuardState, quality: CallQuality, now: number): GuardState {
  const isOut = state.paused ? isGood(quality) : isCollapsed(quality);
  if (!isOut) return state.since === undefined ? state : { ...state, since: undefined };
  const since = state.since ?? now;
  if (now - since < (state.paused ? state.patienceMs : collapseMs)) return { ...state, since };
  if (state.paused) return { ...state, paused: false, since: undefined, changedAt: now };
  // It had come back a short time ago: that was too early.
  const tooEarly = now - state.changedAt < 4 * state.patienceMs;
  const patienceMs = tooEarly ? Math.min(2 * state.patienceMs, longestMs) : newGuard.patienceMs;
  return { paused: true, since: undefined, changedAt: now, patienceMs };
}

/** The network is back after it was away, which says nothing about what it takes: the video comes back with it. */
export function afterOutage(state: GuardState, now: number): GuardState {
  return { ...state, paused: false, since: undefined, changedAt: state.paused ? now : state.changedAt };
}

/** Sound takes some 40 kbit/s; video below 100 is a slide show that costs the sound its packets. */
function isCollapsed({ kbitAvailable, lossOut }: CallQuality): boolean {
  return (kbitAvailable !== undefined && kbitAvailable < 100) || (lossOut !== undefined && lossOut > 0.25);
}

/** Without video the estimate does not grow, so that loss and delay of the sound have to tell. */
function isGood({ rttMs, lossOut, lossIn }: CallQuality): boolean {
  return (rttMs ?? 0) < 400 && (lossOut ?? 0) < 0.03 && (lossIn ?? 0) < 0.03;
}

const collapseMs = 4_000;
const longestMs = 120_000;
