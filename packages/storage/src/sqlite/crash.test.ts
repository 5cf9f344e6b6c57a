import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStore } from './open-sqlite-store.ts';

const program = fileURLToPath(new URL('./testing/append-until-killed.ts', import.meta.url));

describe('a process that is killed while it writes', { timeout: 30_000 }, () => {
  let folder: string;
  let path: string;
  let acknowledgements: string;
  let child: ChildProcess | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'stoa-crash-'));
    path = join(folder, 'stoa.db');
    acknowledgements = join(folder, 'acknowledged');
  });
  afterEach(() => {
    child?.kill('SIGKILL');
    child = undefined;
    rmSync(folder, { recursive: true });
  });

  /** Runs the program until it has appended so many messages. */
  async function runUntil(count: number): Promise<ChildProcess> {
    const output = ['ignore', 'pipe', 'inherit'] as const;
    child = spawn(process.execPath, [program, path, acknowledgements, String(count)], { stdio: [...output] });
    await Promise.race([once(child.stdout ?? child, 'data'), once(child, 'exit')]);
    expect(child.exitCode).toBeNull();
    return child;
  }

  async function kill(running: ChildProcess): Promise<void> {
    const exit = once(running, 'exit');
    running.kill('SIGKILL');
    expect(await exit).toEqual([null, 'SIGKILL']);
  }

  it('loses no append that was resolved, and leaves no gap', async () => {
    await kill(await runUntil(1500));
    const lines = readFileSync(acknowledgements, 'utf8').split('\n').slice(0, -1);
    const acknowledged = lines.map((line) => line.split(' '));
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
  });

  it('is the only one that may write while it lives, and leaves no lock behind', async () => {
    const running = await runUntil(1);
    await expect(openSqliteStore({ path })).rejects.toMatchObject({
      name: 'StoreOpenError',
      reason: 'in-use',
      message: expect.stringMatching(/Another process uses the database .* Stop it first/),
    });
    await kill(running);
    const store = await openSqliteStore({ path });
    await store.close();
  });
});
