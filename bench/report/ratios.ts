import { type Figures, medianRatio } from '@stoa/cli/bench';
import type { Bound } from './bounds.ts';

/** Figures of all rounds, by scenario and peer. */
export type Results = ReadonlyMap<string, ReadonlyMap<string, readonly Figures[]>>;

export interface Ratio {
  readonly peer: string;
  readonly title: string;
  /** Median of the ratios of each round. */
  readonly value: number;
  readonly most: number;
}

/** The ratios of every kind of Stoa that was measured, as far as there is something to compare with. */
export function ratios(results: Results, bounds: readonly Bound[]): Ratio[] {
  const found: Ratio[] = [];
  for (const { scenario, figure, of, title, most } of bounds) {
    const divisors = series(results, of.scenario, of.peer, of.figure);
    for (const peer of results.get(scenario)?.keys() ?? []) {
      if (!peer.startsWith('stoa')) continue;
      const value = medianRatio(series(results, scenario, peer, figure), divisors);
      if (!Number.isNaN(value)) found.push({ peer, title, value, most });
    }
  }
  return found;
}

function series(results: Results, scenario: string, peer: string, figure: string): number[] {
  return (results.get(scenario)?.get(peer) ?? []).map((figures) => figures[figure] ?? Number.NaN);
}
