import type { Figures, Metric } from '../scenarios/index.ts';
import { median } from '../statistics.ts';

/** Medians of the rounds as lines that line up: one for each server, one column for each metric. */
export function reportTable(
  metrics: readonly Metric[],
  rounds: ReadonlyMap<string, readonly Figures[]>,
): string[] {
  const rows = [['', ...metrics.map(({ title }) => title)]];
  for (const [name, all] of rounds) {
    rows.push([name, ...metrics.map(({ name, digits }) => shown(medianOf(all, name), digits))]);
  }
  return tableLines(rows);
}

/** The median of one figure over the rounds that have it. */
function medianOf(rounds: readonly Figures[], name: string): number {
  return median(rounds.flatMap((figures) => figures[name] ?? []));
}

function shown(value: number, digits: number): string {
  return Number.isNaN(value)
    ? '–'
    : value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** The first column to the left, numbers to the right. */
export function tableLines(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
}
