import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPostgres, type TestPostgres } from './index.ts';

describe('a PostgreSQL for tests', () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.close());

  it('serves databases that know nothing of each other, and syncs', async () => {
    const [one, other] = [await postgres.createDatabase(), await postgres.createDatabase()];
    await postgres.query('create table a (x int)', one);
    await expect(postgres.query('select * from a', other)).rejects.toThrow('does not exist');
    expect(await postgres.query('show fsync', one)).toEqual([{ fsync: 'on' }]);
    await postgres.dropDatabase(one);
    await expect(postgres.query('select 1', one)).rejects.toThrow('does not exist');
  });

  it.each(['stop', 'kill'] as const)('has its data and its port after %s and start', async (how) => {
    const url = await postgres.createDatabase();
    await postgres.query('create table a as select 1 as x', url);
    await postgres[how]();
    await expect(postgres.query('select 1', url)).rejects.toThrow('ECONNREFUSED');
    await postgres.start();
    expect(await postgres.query('select x from a', url)).toEqual([{ x: 1 }]);
  });

  it('goes with the process that started it, although that is killed', async () => {
    const program = fileURLToPath(new URL('./testing/start-and-wait.ts', import.meta.url));
    const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout });
    const [line] = await once(lines, 'line');
    const { postmaster, folder } = JSON.parse(String(line));
    expect([isAlive(postmaster), existsSync(folder)]).toEqual([true, true]);
    child.kill('SIGKILL');
    // The guard inherits the output, which therefore ends with it.
    await once(lines, 'close');
    expect([isAlive(postmaster), existsSync(folder)]).toEqual([false, false]);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
