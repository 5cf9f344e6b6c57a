import type { Voice } from './voice.ts';

/** Who talks takes the place of who talks too only when louder by this. */
const margin = 0.06;

/**
 * The microphones that a viewer hears, when there are more than places: those who are heard stay until somebody who
 * talks needs the place, and then the one goes who has been silent longest.
 *
 * @returns in the order of `wanted`, at most `places`.
 */
export function chooseAudible(
  wanted: readonly string[],
  voices: ReadonlyMap<string, Voice>,
  before: ReadonlySet<string>,
  places: number,
): string[] {
  if (wanted.length <= places) return [...wanted];
  const audible = new Set(wanted.filter((stream) => before.has(stream)).slice(0, places));
  const loudnessOf = (stream: string) => (isTalking(stream) ? (voices.get(stream)?.loudness ?? 0) : -1);
  const isTalking = (stream: string) => voices.get(stream)?.talking ?? false;
  const talkedAt = (stream: string) => voices.get(stream)?.talkedAt ?? Number.NEGATIVE_INFINITY;
  const waiting = wanted
    .filter((stream) => !audible.has(stream))
    .sort((a, b) => loudnessOf(b) - loudnessOf(a) || compare(talkedAt(b), talkedAt(a)));
  for (const stream of waiting) {
    if (audible.size < places) {
      audible.add(stream);
      continue;
    }
    if (!isTalking(stream)) break;
    const [weakest] = [...audible].sort(
      (a, b) => loudnessOf(a) - loudnessOf(b) || compare(talkedAt(a), talkedAt(b)),
    );
    if (weakest === undefined) break;
    if (isTalking(weakest) && loudnessOf(stream) < loudnessOf(weakest) + margin) break;
    audible.delete(weakest);
    audible.add(stream);
  }
  return wanted.filter((stream) => audible.has(stream));
}

/** Minus infinity is equal to itself, unlike by subtraction. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
