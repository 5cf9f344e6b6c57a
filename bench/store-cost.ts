/**
 * `node bench/store-cost.ts [--pairs N] [--messages N] [--window N] [--rounds N]`: what a message costs in each of the
 * stores, without a server around it: appended, then received by the other one's device. Medians over the rounds.
 * @module
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openPostgresStore, openSqliteStore, type Store } from '@stoa/storage';
import { startPostgres } from '@stoa/testkit/postgres';

interface Size {
  readonly pairs: number;
  readonly messages: number;
  readonly window: number;
}

interface Cost {
  readonly messagesPerSecond: number;
  /** Milliseconds. */
  readonly median: number;
  readonly p99: number;
  /** Microseconds of processor time per message. */
  readonly node: number;
  readonly database: number;
}

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '200' },
    messages: { type: 'string', default: '100' },
    window: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '5' },
  },
});
const size = {
  pairs: Number(values.pairs),
  messages: Number(values.messages),
  window: Number(values.window),
};
const rounds: { sqlite: Cost[]; postgres: Cost[] } = { sqlite: [], postgres: [] };
for (let round = 0; round < Number(values.rounds); round++) {
  rounds.sqlite.push(await measureSqlite());
  rounds.postgres.push(await measurePostgres());
}
console.table({ sqlite: medians(rounds.sqlite), postgres: medians(rounds.postgres) });

async function measureSqlite(): Promise<Cost> {
  const folder = mkdtempSync(join(tmpdir(), 'stoa-bench-'));
  const store = await openSqliteStore({ path: join(folder, 'stoa.db') });
  try {
    return await measure(store, size, async () => 0);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
}

async function measurePostgres(): Promise<Cost> {
  const postgres = await startPostgres({ shared_buffers: '256MB' });
  try {
    const store = await openPostgresStore({ url: await postgres.createDatabase() });
    try {
      return await measure(store, size, async () => {
        const processes = await postgres.query('select pid from pg_stat_activity');
        return sum(processes.map(({ pid }) => cpuSeconds(Number(pid))));
      });
    } finally {
      await store.close();
    }
  } finally {
    await postgres.close();
  }
}

/** Warms up with a fifth of the messages, then measures. */
async function measure(store: Store, of: Size, databaseSeconds: () => Promise<number>): Promise<Cost> {
  const pairs = await makePairs(store, of.pairs);
  await send(store, pairs, { ...of, messages: Math.ceil(of.messages / 5) });
  const before = { database: await databaseSeconds(), cpu: process.cpuUsage(), time: performance.now() };
  const latencies = await send(store, pairs, of);
  const seconds = (performance.now() - before.time) / 1000;
  const { user, system } = process.cpuUsage(before.cpu);
  const count = of.pairs * of.messages;
  latencies.sort((one, other) => one - other);
  return {
    messagesPerSecond: count / seconds,
    median: latencies[Math.floor(count / 2)] ?? 0,
    p99: latencies[Math.floor(count * 0.99)] ?? 0,
    node: (user + system) / count,
    database: (((await databaseSeconds()) - before.database) * 1e6) / count,
  };
}

interface Pair {
  readonly aid: number;
  readonly sender: number;
  readonly receiver: number;
  readonly dev: number;
  nextId: number;
}

async function makePairs(store: Store, count: number): Promise<Pair[]> {
  const now = Date.now();
  const { aid } = await store.apps.create({ name: 'bench', tokenHash: new Uint8Array(32), now });
  const user = async (address: string) => (await store.users.upsert({ aid, address, now })).user.uid;
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const [sender, receiver] = [await user(`s${index}`), await user(`r${index}`)];
      const { dev } = await store.devices.open({
        uid: receiver,
        id: 'x',
        agent: '',
        position: undefined,
        now,
      });
      return { aid, sender, receiver, dev, nextId: 1 };
    }),
  );
}

/** Every pair keeps `window` messages under way; the milliseconds that each append took. */
async function send(store: Store, pairs: readonly Pair[], { messages, window }: Size): Promise<number[]> {
  const latencies: number[] = [];
  const content = new Uint8Array(100);
  async function sendOne(pair: Pair): Promise<void> {
    const begun = performance.now();
    const id = pair.nextId;
    pair.nextId += 1;
    const { aid, sender, receiver, dev } = pair;
    const { conv, seq } = await store.log.append({
      conversation: { kind: 'pair', aid, a: sender, b: receiver },
      ...{ sender, dev: 1, id, ts: Date.now(), type: 0, flags: 0, localId: id, ref: null, expiresAt: 0 },
      content,
    });
    latencies.push(performance.now() - begun);
    await store.cursors.advance({ conv, uid: receiver, dev, kind: 'received', seq, now: Date.now() });
  }
  await Promise.all(
    pairs.flatMap((pair) => {
      let left = messages;
      return Array.from({ length: window }, async () => {
        for (; left > 0; ) {
          left -= 1;
          await sendOne(pair);
        }
      });
    }),
  );
  return latencies;
}

/** Of Linux: user and system time, in ticks of 10 ms. */
function cpuSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0;
  }
}

function medians(costs: readonly Cost[]): Record<string, number> {
  const median = (of: (cost: Cost) => number) => {
    const sorted = costs.map(of).sort((one, other) => one - other);
    return Math.round((sorted[Math.floor(sorted.length / 2)] ?? 0) * 10) / 10;
  };
  return {
    'messages/s': median(({ messagesPerSecond }) => messagesPerSecond),
    'median ms': median((cost) => cost.median),
    'p99 ms': median(({ p99 }) => p99),
    'node µs': median(({ node }) => node),
    'database µs': median(({ database }) => database),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
