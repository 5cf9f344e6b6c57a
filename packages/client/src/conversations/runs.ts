import type { Range } from '../store/index.ts';

/**
 * The places of a conversation that this device knows: ranges in ascending order that neither overlap nor touch. The
 * last one goes on with live messages and may be empty; between two of them is history that was never fetched.
 */
export type Runs = readonly Range[];

/** The newest known place; live messages go on after it. */
export function lastPlace(runs: Runs): number {
  return runs.at(-1)?.end ?? 0;
}

/** Where the unbroken run of the newest messages begins: older ones have to be fetched first. */
export function firstPlace(runs: Runs): number {
  return runs.at(-1)?.start ?? 1;
}

export function isKnown(runs: Runs, seq: number): boolean {
  return runs.some(({ start, end }) => start <= seq && seq <= end);
}

/** Whether all of the places `start` … `end` are known. */
export function isUnbroken(runs: Runs, start: number, end: number): boolean {
  return runs.some((run) => run.start <= start && end <= run.end);
}

/** Adds the places `start` … `end`, closing gaps where they touch. */
export function addPlaces(runs: Runs, start: number, end: number): Runs {
  if (end < start) return runs;
  const before = runs.filter((run) => run.end + 1 < start);
  const after = runs.filter((run) => run.start > end + 1);
  const touching = runs.slice(before.length, runs.length - after.length);
  const merged = {
    start: Math.min(start, ...touching.map((run) => run.start)),
    end: Math.max(end, ...touching.map((run) => run.end)),
  };
  return [...before, merged, ...after];
}

/** The same without the places `start` … `end`. */
export function withoutPlaces(runs: Runs, start: number, end: number): Runs {
  return runs.flatMap((run) => {
    if (run.end < start || run.start > end) return [run];
    const before = { start: run.start, end: start - 1 };
    const after = { start: end + 1, end: run.end };
    return [before, after].filter((part) => part.start <= part.end);
  });
}

/** Live messages will go on after `place`: begins a new run when that is beyond what is known. */
export function continueAfter(runs: Runs, place: number): Runs {
  if (place <= lastPlace(runs)) return runs;
  // An empty run that nothing came to is forgotten.
  const filled = runs.filter(({ start, end }) => start <= end);
  return [...filled, { start: place + 1, end: place }];
}

/** Number of known places after `after`. */
export function countAfter(runs: Runs, after: number): number {
  let count = 0;
  for (const { start, end } of runs) count += Math.max(0, end - Math.max(start, after + 1) + 1);
  return count;
}
