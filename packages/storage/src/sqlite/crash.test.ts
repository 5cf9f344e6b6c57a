import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStore } from './open-sqlite-store.ts';

const program = fileURLToPath(new URL('./testing/append-until-killed.ts', import.meta.url));

describe('a process that is killed while it writes', () => {
  let folder: string;
  let path: string;
  let child: ChildProcess | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'stoa-crash-'));
    path = join(folder, 'stoa.db');
  });
  afterEach(() => {
    child?.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  /** Runs the program until it has printed so many lines, then kills it; everything that it printed. */
  async function runUntilKilled(lines: number): Promise<string[]> {
    child = spawn(process.execPath, [program, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exit = once(child, 'exit');
    const printed: string[] = [];
    if (child.stdout === null) throw new Error('The output is piped.');
    for await (const line of createInterface({ input: child.stdout })) {
      printed.push(line);
      if (printed.length === lines) child.kill('SIGKILL');
    }
    expect(await exit).toEqual([null, 'SIGKILL']);
    return printed;
  }

  it('loses no append that was resolved, and leaves no gap', async () => {
    const printed = await runUntilKilled(1500);
    const acknowledged = printed.map((line) => line.split(' ')).filter((fields) => fields.length === 3);
    expect(acknowledged.length).toBeGreaterThanOrEqual(1500);

    const store = await openSqliteStore({ path });
    const stored = new Map<string, string>();
    for (const conv of new Set(acknowledged.map(([id]) => Number(id)))) {
      const messages = await store.log.read(conv, { after: 0, limit: 1_000_000 });
      expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, index) => index + 1));
      expect(await store.log.conversation(conv)).toMatchObject({ last: messages.length });
      for (const { sender, dev, id, seq } of messages) stored.set(`${conv} ${sender}:${dev}:${id}`, `${seq}`);
    }
    for (const [conv, send, seq] of acknowledged) expect(stored.get(`${conv} ${send}`)).toBe(seq);
    await store.close();
  }, 30_000);

  it('is the only one that may write while it lives, and leaves no lock behind', async () => {
    child = spawn(process.execPath, [program, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    if (child.stdout === null) throw new Error('The output is piped.');
    await once(child.stdout, 'data');
    await expect(openSqliteStore({ path })).rejects.toMatchObject({
      name: 'StoreOpenError',
      reason: 'in-use',
      message: expect.stringMatching(/Another process uses the database .* Stop it first/),
    });
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
    const store = await openSqliteStore({ path });
    await store.close();
  }, 30_000);
});
