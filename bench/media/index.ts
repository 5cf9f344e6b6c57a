/**
 * `npm run bench -- media`: what forwarding costs, for Stoa and in the same run for a bare forwarder on the same library,
 * which is the floor, for Janus, and for werift. The ratios are what to quote.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { type Figures, medianRatio, reportTable, tableLines } from '@stoa/cli/bench';
import { audienceBench } from './audience.ts';
import { whyNoJanus } from './janus/janus-process.ts';
import { joinBench, printJoins } from './join/index.ts';
import { runMedia } from './run-media.ts';
import { type MediaScenario, mediaMetrics, mediaScenarios, quickScenarios } from './scenarios.ts';

const names = mediaScenarios.map(({ name }) => name);

const help = `usage: npm run bench -- media [options]

  --scenarios <list>   of ${names.join(', ')}; all by default
  --engines <list>     of bare, stoa, janus, werift; all by default
  --rounds <n>         1 by default; engines take turns in each, and the medians are shown
  --seconds <n>        that each is measured; 6 by default
  --audience           instead of these: what a viewer costs in ever larger audiences, spread over all processes
  --viewers <list>     sizes of the audiences; 50,200,500,1000 by default
  --joins <n>          times that Chromium joins a room after the scenarios, until it sees something; 10 by default, 0 for none
  --quick              ${quickScenarios.join(' and ')}, 4 seconds each; not for quoting
  --profile <folder>   write CPU profiles of the forwarders, which costs a little
  --json <file>        write all figures of all rounds`;

/** Bounds of the ratios to other forwarders. */
const bounds = [
  { scenario: '1-50', figure: 'cpu', title: 'CPU per packet, 1 → 50 / bare', of: 'bare', most: 1.3 },
  { scenario: '1-50-half', figure: 'p99', title: 'p99 at half load / bare', of: 'bare', most: 1.5 },
  { scenario: '1-100', figure: 'cpu', title: 'CPU per packet, 1 → 100 / bare', of: 'bare', most: 1.3 },
  { scenario: '10x10', figure: 'cpu', title: 'CPU per packet, 10 × 10 / bare', of: 'bare', most: 1.3 },
  { scenario: '1-50', figure: 'cpu', title: 'CPU per packet, 1 → 50 / Janus', of: 'janus', most: 0.9 },
  { scenario: '10x10', figure: 'cpu', title: 'CPU per packet, 10 × 10 / Janus', of: 'janus', most: 0.9 },
  {
    scenario: '1-50-half',
    figure: 'cpu',
    title: 'CPU per packet at half load / werift',
    of: 'werift',
    most: 0.4,
  },
] as const;

type Results = Map<string, Map<string, Figures[]>>;

/** What could not be measured: its figures are none. */
interface Failure {
  readonly scenario: string;
  readonly engine: string;
  /** From 1. */
  readonly round: number;
  readonly reason: string;
}

export async function mediaBench(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean' },
      audience: { type: 'boolean', default: false },
      viewers: { type: 'string', default: '50,200,500,1000' },
      quick: { type: 'boolean', default: false },
      scenarios: { type: 'string' },
      engines: { type: 'string', default: 'bare,stoa,janus,werift' },
      rounds: { type: 'string', default: '1' },
      seconds: { type: 'string' },
      joins: { type: 'string' },
      profile: { type: 'string' },
      json: { type: 'string' },
    },
  });
  if (values.help) return console.log(help);
  if (values.audience) {
    const sizes = values.viewers.split(',').map((size) => positive(size, 'viewers'));
    const results = await audienceBench(sizes, positive(values.seconds ?? '6', 'seconds'));
    if (values.json !== undefined) writeJson(values.json, { figures: Object.fromEntries(results) });
    return;
  }
  const wanted = values.scenarios?.split(',') ?? (values.quick ? quickScenarios : names);
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new Error(`There is no scenario "${unknown}". There are ${names.join(', ')}.`);
  const scenarios = mediaScenarios.filter(({ name }) => wanted.includes(name));
  const rounds = positive(values.rounds, 'rounds');
  const seconds = positive(values.seconds ?? (values.quick ? '4' : '6'), 'seconds');
  const noJanus = whyNoJanus();
  const engines = values.engines.split(',').filter((name) => name !== 'janus' || noJanus === undefined);
  const { results, failures } = await measure(scenarios, engines, rounds, {
    seconds,
    profile: values.profile,
  });
  print(scenarios, results, failures);
  if (noJanus !== undefined) console.log(`\nJanus is not measured: ${noJanus}.`);
  // Whoever asks for one scenario does not wait for a browser.
  const joins = Number(values.joins ?? (values.scenarios === undefined && !values.quick ? '10' : '0'));
  const joinMs = joins > 0 ? await joinBench(joins) : [];
  if (joinMs.length > 0) printJoins(joinMs);
  if (values.json === undefined) return;
  const figures = Object.fromEntries([...results].map(([name, each]) => [name, Object.fromEntries(each)]));
  writeJson(values.json, { rounds, seconds, figures, failures, joinMs });
}

async function measure(
  scenarios: readonly MediaScenario[],
  engines: readonly string[],
  rounds: number,
  options: { readonly seconds: number; readonly profile: string | undefined },
): Promise<{ results: Results; failures: Failure[] }> {
  const results: Results = new Map();
  const failures: Failure[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const scenario of scenarios) {
      const ofScenario = results.get(scenario.name) ?? new Map<string, Figures[]>();
      results.set(scenario.name, ofScenario);
      for (const engine of scenario.engines.filter((name) => engines.includes(name))) {
        const [figures, said] = await runMedia(scenario, engine, options).then(
          (measured): [Figures, string] => [measured, shown(measured)],
          (error: unknown): [Figures, string] => {
            const reason = error instanceof Error ? error.message : String(error);
            failures.push({ scenario: scenario.name, engine, round: round + 1, reason });
            return [{}, `not measured: ${reason}`];
          },
        );
        ofScenario.set(engine, [...(ofScenario.get(engine) ?? []), figures]);
        process.stderr.write(`round ${round + 1}, ${scenario.name}, ${engine}: ${said}\n`);
      }
    }
  }
  return { results, failures };
}

function print(scenarios: readonly MediaScenario[], results: Results, failures: readonly Failure[]): void {
  for (const { name, title } of scenarios) {
    const failed = failures.filter(({ scenario }) => scenario === name);
    const rows = [...(results.get(name) ?? [])].map(([engine, all]): [string, Figures[]] => {
      const count = failed.filter((each) => each.engine === engine).length;
      return [count === 0 ? engine : `${engine} (${count} of ${all.length} rounds not measured)`, all];
    });
    const reasons = failed.map(({ engine, round, reason }) => `${engine} in round ${round}: ${reason}`);
    console.log(['', title, ...reportTable(mediaMetrics, new Map(rows)), ...reasons].join('\n'));
  }
  const rows = bounds.flatMap(({ scenario, figure, title, of, most }) => {
    const series = (engine: string) =>
      (results.get(scenario)?.get(engine) ?? []).map((figures) => figures[figure] ?? Number.NaN);
    const value = medianRatio(series('stoa'), series(of));
    return Number.isNaN(value) ? [] : [[title, value.toFixed(2), `≤ ${most}`, value <= most ? 'yes' : 'no']];
  });
  console.log(
    ['', ...tableLines([['Ratios (median of the rounds)', 'is', 'bound', 'kept'], ...rows])].join('\n'),
  );
}

function shown({ rate = 0, cpu = 0, p99 = 0 }: Figures): string {
  return `${rate.toFixed(0)} packets/s, ${cpu.toFixed(1)} CPU-s per million, p99 ${p99.toFixed(1)} ms`;
}

function writeJson(file: string, content: object): void {
  const machine = { cpus: cpus().length, model: cpus()[0]?.model, node: process.version };
  writeFileSync(file, `${JSON.stringify({ machine, ...content }, null, 2)}\n`);
}

function positive(value: string, name: string): number {
  const number = Number(value);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new Error(`--${name} is "${value}", but must be a whole number above zero.`);
}
