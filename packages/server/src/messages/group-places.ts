import type { GroupSpan } from '@stoa/storage';

/**
 * Where to go on behind `place` in what somebody may read of a group's log: at that place itself when the next one is for
 * him, otherwise before the next one that is. Undefined when there is none.
 */
export function goOnAfter(spans: readonly GroupSpan[], place: number): number | undefined {
  for (const { after, upto } of spans) {
    if (upto === null || upto > Math.max(place, after)) return Math.max(place, after);
  }
  return undefined;
}

/** Whether the place is for him. */
export function isReadable(spans: readonly GroupSpan[], seq: number): boolean {
  return spans.some(({ after, upto }) => after < seq && (upto === null || seq <= upto));
}

/** The newest place that is for him, of a log that has `last`; 0 when there is none. */
export function newestReadable(spans: readonly GroupSpan[], last: number): number {
  const span = spans.findLast(({ after, upto }) => after < Math.min(last, upto ?? last));
  return span === undefined ? 0 : Math.min(last, span.upto ?? last);
}

/** Those of the spans that reach beyond `place`. */
export function spansBehind(spans: readonly GroupSpan[], place: number): readonly GroupSpan[] {
  return spans.filter(({ upto }) => upto === null || upto > place);
}

/** The places up to `upto` that are not for him, as ranges with their first and last place: the newest of them. */
export function hiddenRanges(spans: readonly GroupSpan[], upto: number, atMost: number): [number, number][] {
  const ranges: [number, number][] = [];
  let next = 1;
  for (const { after, upto: end } of [...spans, { after: upto, upto: null }]) {
    const last = Math.min(after, upto);
    if (next <= last) ranges.push([next, last]);
    next = Math.max(next, (end ?? upto) + 1);
  }
  return ranges.slice(-atMost);
}

/** What to do with a device that has everything up to `sent`: stream up to a place, skip what is for others, or no more. */
export function stepFrom(
  spans: readonly GroupSpan[],
  sent: number,
): { step: 'stream'; upto: number } | { step: 'skip'; to: number } | { step: 'end' } {
  const next = goOnAfter(spans, sent);
  if (next === undefined) return { step: 'end' };
  if (next > sent) return { step: 'skip', to: next };
  const span = spans.find(({ after, upto }) => after <= sent && (upto === null || upto > sent));
  return { step: 'stream', upto: span?.upto ?? Number.MAX_SAFE_INTEGER };
}
