/**
 * `npm run bench -- messaging` and `npm run bench -- groups`: Stoa and its peers on this machine, one after the other in each round, so that a drift
 * of the machine hits all alike. Ratios are what to quote.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { type Figures, runScenario, type Scenario, type Sizes, usersNeeded } from '@stoa/cli/bench';
import { type BenchKind, type MessagingOptions, parseOptions } from './options.ts';
import { createPeer, type Peer } from './peers/index.ts';
import { bounds } from './report/bounds.ts';
import { printReport } from './report/print.ts';
import { ratios } from './report/ratios.ts';

export async function messagingBench(args: readonly string[], kind: BenchKind): Promise<void> {
  const options = parseOptions(args, kind);
  if (options === undefined) return;
  const { scenarios, sizes } = options;
  const peers: Peer[] = [];
  const results = new Map<string, Map<string, Figures[]>>();
  try {
    for (const name of options.peers) {
      progress(`preparing ${name} …`);
      const groupSizes = kind === 'groups' ? sizes.groupMembers : [];
      peers.push(await createPeer(name, usersNeeded(scenarios, sizes), groupSizes));
    }
    for (let round = 1; round <= options.rounds; round += 1) {
      for (const scenario of scenarios) {
        for (const peer of peers) {
          if (!takesPart(peer, scenario)) continue;
          const figures = await runOnce(peer, scenario, options);
          const ofScenario = results.get(scenario.name) ?? new Map<string, Figures[]>();
          results.set(scenario.name, ofScenario);
          ofScenario.set(peer.name, [...(ofScenario.get(peer.name) ?? []), figures]);
          progress(
            `round ${round} of ${options.rounds}, ${scenario.name}, ${peer.name}: ${summary(scenario, sizes, figures)}`,
          );
        }
      }
    }
  } finally {
    for (const peer of peers) await peer.close();
  }
  const found = ratios(results, bounds(sizes));
  printReport(scenarios, sizes, results, found);
  if (options.json !== undefined) {
    const rounds = Object.fromEntries([...results].map(([name, all]) => [name, Object.fromEntries(all)]));
    const machine = { cpus: cpus().length, model: cpus()[0]?.model, node: process.version };
    writeFileSync(options.json, `${JSON.stringify({ machine, sizes, ratios: found, rounds }, null, 2)}\n`);
  }
}

/** The relay has nowhere to keep a message. */
function takesPart(peer: Peer, scenario: Scenario): boolean {
  return !(peer.name === 'relay' && scenario.name === 'offline');
}

async function runOnce(
  peer: Peer,
  scenario: Scenario,
  { sizes, loadProcesses }: MessagingOptions,
): Promise<Figures> {
  const server = await peer.start();
  try {
    return await runScenario(scenario, { ...peer, ...server }, { sizes, loadProcesses });
  } finally {
    await server.stop();
  }
}

function summary(scenario: Scenario, sizes: Sizes, figures: Figures): string {
  return scenario
    .metrics(sizes)
    .map(({ name, title, digits }) => `${title} ${figures[name]?.toFixed(digits)}`)
    .slice(0, 3)
    .join(', ');
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}
