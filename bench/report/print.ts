import { type Figures, reportTable, type Scenario, type Sizes, tableLines } from '@stoa/cli/bench';
import type { Ratio, Results } from './ratios.ts';

/** The report for people: a table for each scenario, then the ratios with what they may be. */
export function printReport(
  scenarios: readonly Scenario[],
  sizes: Sizes,
  results: Results,
  found: readonly Ratio[],
): void {
  for (const scenario of scenarios) {
    const rounds = results.get(scenario.name);
    if (rounds === undefined) continue;
    print('', scenario.title(sizes), ...reportTable(scenario.metrics(sizes), rounds));
    for (const [peer, all] of rounds) warnWhenBusy(peer, all);
  }
  if (found.length === 0) return;
  const rows = found.map(({ peer, title, value, most }) => [
    `${peer}: ${title}`,
    value.toFixed(2),
    `≤ ${most}`,
    value <= most ? 'yes' : 'no',
  ]);
  print('', ...tableLines([['Ratios (median of the rounds)', 'is', 'bound', 'kept'], ...rows]));
}

function warnWhenBusy(peer: string, rounds: readonly Figures[]): void {
  const busiest = Math.max(...rounds.map(({ clientBusy = 0 }) => clientBusy));
  if (busiest < saturated) return;
  print(
    `  ${peer}: a load process used ${Math.round(busiest * 100)} % of a core, so rate and latency are partly its own; see --load-processes.`,
  );
}

function print(...lines: readonly string[]): void {
  console.log(lines.join('\n'));
}

const saturated = 0.9;
