import { sample } from 'fast-check';
import { type Command, schedule } from './commands.ts';
import type { StartTopology } from './topology.ts';
import { type Report, World } from './world.ts';

export interface RunOptions {
  readonly seed: number;
  readonly topology: StartTopology;
  /** Number of commands. */
  readonly length: number;
  /** What happens after them. */
  readonly ending?: readonly Command[];
  /** How long everything may take to come to rest. */
  readonly settleMs: number;
}

/** Carries out the course of events that belongs to the seed, and says what was wrong in the end. */
export async function run({ seed, topology, length, ending = [], settleMs }: RunOptions): Promise<Report> {
  const [commands = []] = sample(schedule(length), { seed, numRuns: 1 });
  const world = await World.start(topology, randomOf(seed));
  try {
    for (const command of [...commands, ...ending]) await world.carryOut(command);
    return await world.settle(settleMs);
  } finally {
    await world.close();
  }
}

/** From 0 (included) to 1, the same numbers for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
