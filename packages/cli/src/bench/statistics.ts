/** Of an empty list, NaN. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** By nearest rank: the smallest value that at least that share of all values does not exceed. */
export function percentiles(values: readonly number[]): Percentiles {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

/**
 * How many times `of` the values are, round by round, and of that the median: what made one round slow made it slow
 * for both. Rounds that one of the two lacks are left out.
 */
export function medianRatio(values: readonly number[], of: readonly number[]): number {
  const rounds = Math.min(values.length, of.length);
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    ratios.push((values[round] ?? Number.NaN) / (of[round] ?? Number.NaN));
  }
  return median(ratios.filter(Number.isFinite));
}
