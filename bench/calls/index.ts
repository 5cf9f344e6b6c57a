/**
 * `npm run bench -- calls`: how long after answer() the first frame is decoded, and beside it, call by call, the same
 * two pages wired directly. The ratio is what to quote.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { percentiles, tableLines } from '@stoa/cli/bench';
import type { Page } from 'playwright-core';
import { withPages } from '../with-pages.ts';
import type { Callers } from './page.ts';

declare global {
  /** In the pages. */
  const callers: Callers;
}

const help = `usage: npm run bench -- calls [options]

  --calls <n>     video calls of each kind, which take turns; 20 by default
  --json <file>   write all times`;

/** Milliseconds from answer() to the first decoded frame, at the two sides. */
interface Times {
  readonly callee: number[];
  readonly caller: number[];
}

export async function callsBench(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean' },
      calls: { type: 'string', default: '20' },
      json: { type: 'string' },
    },
  });
  if (values.help) return console.log(help);
  const calls = Number(values.calls);
  if (!Number.isSafeInteger(calls) || calls < 1)
    throw new Error('--calls must be a whole number above zero.');
  const times = await measure(calls);
  report(calls, times);
  if (values.json === undefined) return;
  const machine = { cpus: cpus().length, model: cpus()[0]?.model, node: process.version };
  writeFileSync(values.json, `${JSON.stringify({ machine, calls, times }, null, 2)}\n`);
}

function measure(calls: number): Promise<{ direct: Times; stoa: Times }> {
  return withPages(new URL('page.ts', import.meta.url), async ({ open }) => {
    const isOnline = (): boolean => callers.client.status.state === 'online';
    const [alice, bob] = [await open('alice', isOnline), await open('bob', isOnline)];
    const times = { direct: { callee: [], caller: [] }, stoa: { callee: [], caller: [] } };
    // The first ones load what later ones find loaded.
    for (let round = -1; round < calls; round += 1) {
      const [direct, stoa] = [await callDirectly(alice, bob), await call(alice, bob)];
      if (round < 0) continue;
      add(times.direct, direct);
      add(times.stoa, stoa);
      process.stderr.write(`call ${round + 1} of ${calls}: ${shown(stoa)}; directly ${shown(direct)}\n`);
    }
    return times;
  });
}

interface Taken {
  readonly callee: number;
  readonly caller: number;
}

async function call(alice: Page, bob: Page): Promise<Taken> {
  await Promise.all([alice.evaluate(() => callers.call('bob')), bob.evaluate(() => callers.incoming())]);
  const caller = alice.evaluate(() => callers.seen());
  const { at, seenAt } = await bob.evaluate(() => callers.answer());
  const taken = { callee: seenAt - at, caller: (await caller) - at };
  await Promise.all([alice, bob].map((page) => page.evaluate(() => callers.hangup())));
  return taken;
}

async function callDirectly(alice: Page, bob: Page): Promise<Taken> {
  await Promise.all([
    alice.evaluate(() => callers.direct.call()),
    bob.evaluate(() => callers.direct.incoming()),
  ]);
  const caller = alice.evaluate(() => callers.direct.seen());
  const { at, seenAt } = await bob.evaluate(() => callers.direct.answer());
  const taken = { callee: seenAt - at, caller: (await caller) - at };
  await Promise.all([alice, bob].map((page) => page.evaluate(() => callers.direct.hangup())));
  return taken;
}

function add(times: Times, { callee, caller }: Taken): void {
  times.callee.push(callee);
  times.caller.push(caller);
}

function shown({ callee, caller }: Taken): string {
  return `${callee.toFixed(0)} ms at the callee, ${caller.toFixed(0)} ms at the caller`;
}

function report(calls: number, { direct, stoa }: { direct: Times; stoa: Times }): void {
  const figuresOf = ({ callee, caller }: Times): number[] => {
    const [there, here] = [percentiles(callee), percentiles(caller)];
    return [there.p50, there.p95, here.p50, here.p95];
  };
  const [floor, own] = [figuresOf(direct), figuresOf(stoa)];
  const rows = [
    ['', 'callee p50', 'callee p95', 'caller p50', 'caller p95'],
    ['wired directly', ...floor.map((ms) => ms.toFixed(0))],
    ['Stoa', ...own.map((ms) => ms.toFixed(0))],
    ['ratio', ...own.map((ms, at) => (ms / (floor[at] ?? Number.NaN)).toFixed(2))],
  ];
  console.log(`\n${calls} video calls: milliseconds from answer() to the first decoded frame`);
  console.log(tableLines(rows).join('\n'));
}
