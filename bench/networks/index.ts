/**
 * `npm run bench -- networks`: two talk over the media plane in Chromium, and one of them is in a bad network, made by
 * a UDP proxy. Both directions are measured at once: what he gets, and what is got of him. With `--engine janus` the same goes
 * over the VideoRoom of Janus.
 */
import { writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { tableLines } from '@stoa/cli/bench';
import { ImpairedCall } from '../../e2e/networks/impaired-call.ts';
import { StoaPlane } from '../../e2e/networks/stoa-plane.ts';
import { whyNoJanus } from '../media/janus/janus-process.ts';
import { figuresOf, type NetworkFigures, recoveredAt } from './figures.ts';
import { JanusPlane } from './janus-plane.ts';
import { type NetworkRow, networkRows } from './rows.ts';
import { isWithinNetwork, runWithinNetwork } from './within-network.ts';

const names = networkRows.map(({ name }) => name);
const help = `usage: npm run bench -- networks [options]

  --engine <name>  stoa or janus; stoa by default
  --rows <list>    of ${names.join(', ')}; all by default
  --json <file>    write all figures`;

const camera = { height: 360, rate: 15 };
/** Until the estimates have found what there is. */
const settleMs = 4000;
const recoverMs = 15_000;
const people = ['bad', 'good'] as const;

interface RowFigures {
  /** What he gets whose network is bad. */
  readonly to: NetworkFigures;
  /** What is got of him. */
  readonly from: NetworkFigures;
}

export async function networksBench(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean' },
      engine: { type: 'string', default: 'stoa' },
      rows: { type: 'string' },
      json: { type: 'string' },
    },
  });
  if (values.help) return console.log(help);
  const wanted = values.rows?.split(',') ?? names;
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`There is no row "${unknown}". There are ${names.join(', ')}.`);
  const { engine } = values;
  if (engine !== 'stoa' && engine !== 'janus') throw new Error(`There is no engine "${engine}".`);
  if (engine === 'janus' && !isWithinNetwork()) {
    const reason = whyNoJanus();
    if (reason !== undefined) throw new Error(`Janus cannot be measured: ${reason}.`);
    return runWithinNetwork();
  }
  const call = await ImpairedCall.launch(engine === 'janus' ? await JanusPlane.open() : new StoaPlane());
  const results: [NetworkRow, RowFigures][] = [];
  try {
    for (const row of networkRows.filter(({ name }) => wanted.includes(name))) {
      const figures = await runRow(call, row);
      results.push([row, figures]);
      process.stderr.write(
        `${row.title}: to ${shown(figures.to).join(', ')}; from ${shown(figures.from).join(', ')}\n`,
      );
    }
  } finally {
    await call.close();
  }
  print(results, engine);
  if (values.json === undefined) return;
  const figures = Object.fromEntries(results.map(([{ name }, each]) => [name, each]));
  writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
}

async function runRow(call: ImpairedCall, { before, bad, after }: NetworkRow): Promise<RowFigures> {
  await call.begin(camera);
  try {
    await wait(settleMs);
    if (before !== undefined) await phase(call, before.conditions, before.seconds);
    const starts = await now(call);
    await phase(call, bad.conditions, bad.seconds);
    const ends = await now(call);
    if (after === undefined) {
      const [to, from] = await Promise.all(
        people.map(async (name, index) =>
          figuresOf(await call.samples(name), starts[index] ?? 0, ends[index] ?? 0),
        ),
      );
      if (to === undefined || from === undefined) throw new Error('There are no figures.');
      return { to, from };
    }
    call.set(after);
    const [to, from] = await Promise.all(
      people.map((name, index) => recovery(call, name, starts[index] ?? 0, ends[index] ?? 0)),
    );
    if (to === undefined || from === undefined) throw new Error('There are no figures.');
    return { to, from };
  } finally {
    await call.end();
  }
}

/** Of somebody whose network is good again: of the bad time, and how soon that was over. */
async function recovery(
  call: ImpairedCall,
  name: 'good' | 'bad',
  start: number,
  end: number,
): Promise<NetworkFigures> {
  const until = performance.now() + recoverMs;
  // Not by the height of what comes: Chromium makes the large layer smaller, too, when it has too much to do.
  let fullAt: number | undefined;
  for (;;) {
    const samples = await call.samples(name);
    if ((await call.layer(name)) === 'f') fullAt ??= samples.at(-1)?.at;
    else fullAt = undefined;
    const goesOnAt = recoveredAt(samples, end);
    const at = goesOnAt === undefined || fullAt === undefined ? undefined : Math.max(goesOnAt, fullAt);
    if (at !== undefined || performance.now() > until) {
      const recovered = at === undefined ? null : (at - end) / 1000;
      const { frozenSeconds, freezes } = figuresOf(samples, start, at ?? Number.POSITIVE_INFINITY);
      return { ...figuresOf(samples, start, end), freezes, frozenSeconds, recovery: recovered };
    }
    await wait(300);
  }
}

async function phase(call: ImpairedCall, conditions: NetworkRow['bad']['conditions'], seconds: number) {
  call.set(conditions);
  await wait(seconds * 1000);
}

/** The moment, by the clock of each page. */
function now(call: ImpairedCall): Promise<number[]> {
  return Promise.all(people.map(async (name) => (await call.samples(name)).at(-1)?.at ?? 0));
}

function shown({ framesPerSecond, freezes, frozenSeconds, concealed, recovery }: NetworkFigures): string[] {
  return [
    framesPerSecond.toFixed(1),
    `${freezes} (${frozenSeconds.toFixed(1)} s)`,
    `${(100 * concealed).toFixed(1)} %`,
    recovery === undefined ? '' : recovery === null ? `> ${recoverMs / 1000} s` : `${recovery.toFixed(1)} s`,
  ];
}

function print(results: readonly [NetworkRow, RowFigures][], engine: string): void {
  const columns = ['frames/s', 'freezes', 'concealed', 'recovery'];
  const rows = results.flatMap(([{ title }, { to, from }]) => [
    [title, 'to', ...shown(to)],
    ['', 'from', ...shown(from)],
  ]);
  const title = `${engine}, ${camera.height} lines at ${camera.rate} frames/s; to and from the one whose network is bad`;
  console.log(['', title, ...tableLines([['', '', ...columns], ...rows])].join('\n'));
}
