import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPostgres, type TestPostgres } from '@stoa/testkit/postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newMessage, newPair } from '../contract/store-under-test.ts';
import { type Appended, type Store, StoreUnavailableError } from '../store.ts';
import { expectAcknowledged } from '../testing/acknowledgements.ts';
import { openPostgresStore } from './open-postgres-store.ts';

/** On a busy machine. */
const patienceMs = 30_000;
const program = fileURLToPath(new URL('../testing/append-until-killed.ts', import.meta.url));

describe('a store on a server, when somebody is killed', { timeout: 180_000 }, () => {
  let postgres: TestPostgres;
  let url: string;
  let folder: string;
  const children: ChildProcess[] = [];
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.close());
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'stoa-crash-'));
    url = await postgres.createDatabase();
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  const fileOf = (node: number) => join(folder, `acknowledged-${node}`);

  /** Starts a process that appends, and resolves when it has appended so many messages. */
  async function runUntil(node: number, count: number): Promise<ChildProcess> {
    const child = spawn(process.execPath, [program, url, fileOf(node), String(count)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
    expect(child.exitCode).toBeNull();
    return child;
  }

  async function kill(child: ChildProcess): Promise<void> {
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    expect(await exit).toEqual([null, 'SIGKILL']);
  }

  it('loses no append that was resolved, and leaves no gap, when nodes are', async () => {
    const nodes = await Promise.all([runUntil(0, 700), runUntil(1, 700)]);
    await Promise.all(nodes.map(kill));
    const store = await openPostgresStore({ url, timeoutMs: patienceMs });
    for (const node of [0, 1]) {
      expect(await expectAcknowledged(store, fileOf(node))).toBeGreaterThanOrEqual(700);
    }
    await store.close();
  });

  it('loses no append that was resolved, and makes none twice, when the server is', async () => {
    const open = () => openPostgresStore({ url, timeoutMs: patienceMs });
    const stores = await Promise.all([open(), open()]);
    const pairs = await Promise.all([1, 2, 3].map(() => newPair(stores[0])));
    const acknowledged: Appended[] = [];
    let isOver = false;

    /** As an outbox does: in order, each until it is answered. */
    async function send(store: Store, index: number): Promise<number> {
      const { alice, conversation } = pairs[index % pairs.length] ?? (await newPair(store));
      let id = 1;
      while (!isOver) {
        const message = newMessage({ conversation, sender: alice, dev: index + 1, id });
        const appended = await store.log.append(message).catch((error: unknown) => {
          expect(error).toBeInstanceOf(StoreUnavailableError);
          return undefined;
        });
        if (appended === undefined) await new Promise((resolve) => setImmediate(resolve));
        else {
          acknowledged.push(appended);
          id += 1;
        }
      }
      return id - 1;
    }

    const senders = Array.from({ length: 12 }, (_, index) => send(stores[index % 2 === 0 ? 0 : 1], index));
    const more = async (count: number) => {
      const target = acknowledged.length + count;
      await expect.poll(() => acknowledged.length, { timeout: 60_000 }).toBeGreaterThan(target);
    };
    for (let crash = 0; crash < 2; crash++) {
      await more(200);
      await postgres.kill();
      await postgres.start();
    }
    await more(50);
    isOver = true;
    const counts = await Promise.all(senders);

    for (const conv of new Set(acknowledged.map((message) => message.conv))) {
      const messages = await stores[0].log.read(conv, { after: 0, limit: 1_000_000 });
      expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, index) => index + 1));
      for (const dev of new Set(messages.map((message) => message.dev))) {
        const ids = messages.filter((message) => message.dev === dev).map(({ id }) => id);
        // In the order of the sender, each once.
        expect(ids).toEqual(Array.from({ length: counts[dev - 1] ?? 0 }, (_, index) => index + 1));
      }
      const places = new Map(messages.map(({ mid, seq }) => [mid, seq]));
      for (const { mid, seq } of acknowledged.filter((message) => message.conv === conv)) {
        expect(places.get(mid)).toBe(seq);
      }
    }
    await Promise.all(stores.map((store) => store.close()));
  });
});
