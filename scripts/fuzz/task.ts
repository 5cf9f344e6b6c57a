import type { Failure } from './session.ts';

/** What the thread that runs sessions is told, and tells. */
export interface Task {
  readonly target: string;
  /** Of the first session; the next ones take those after it. */
  readonly seed: number;
  readonly endsAt: number;
  /** Seed of the session that runs, and number of the input that the target has, both from one on. */
  readonly progress: SharedArrayBuffer;
}

export type Told =
  | { readonly type: 'failure'; readonly failure: Failure; readonly seed: number }
  | { readonly type: 'done'; readonly inputs: number; readonly nextSeed: number };

const usualInputs = 400;
export const longInputs = 20_000;
/** Every so manieth session is long: does what a connection keeps stay within bounds? */
const longEvery = 50;

/** How many inputs the session with this seed has. */
export function lengthOf(seed: number): number {
  return seed % longEvery === 0 ? longInputs : usualInputs;
}
