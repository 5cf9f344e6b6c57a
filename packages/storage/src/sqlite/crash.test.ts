import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectAcknowledged } from '../testing/acknowledgements.ts';
import { openSqliteStore } from './open-sqlite-store.ts';

const program = fileURLToPath(new URL('../testing/append-until-killed.ts', import.meta.url));

describe('a process that is killed while it writes', () => {
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
    const store = await openSqliteStore({ path });
    expect(await expectAcknowledged(store, acknowledgements)).toBeGreaterThanOrEqual(1500);
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
