import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../store.ts';
import { openForWriting } from './connection.ts';
import { migrate } from './migrate.ts';
import { holdWriteLock } from './testing/hold-write-lock.ts';
import { spawnWriterWorker, Writer } from './writer.ts';

describe('the writer', () => {
  let folder: string;
  let path: string;
  let workers: Worker[];
  let writer: Writer;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'stoa-writer-'));
    path = join(folder, 'stoa.db');
    const database = openForWriting(path, { busyTimeoutMs: 100 });
    migrate(database);
    database.close();
    workers = [];
    writer = new Writer(() => {
      const worker = spawnWriterWorker({ path, busyTimeoutMs: 5000, maxBytes: undefined });
      workers.push(worker);
      return worker;
    });
  });
  afterEach(async () => {
    await writer.close();
    rmSync(folder, { recursive: true });
  });

  const set = (name: string) =>
    writer.write([{ sql: 'insert into settings values (?, ?) returning name', parameters: [name, 'x'] }]);

  it('refuses what was under way and what waits behind it when its thread dies, and goes on with another', async () => {
    await set('before');
    const release = holdWriteLock(path);
    const underWay = set('under way');
    await nextTurn();
    const waiting = set('waiting');
    waiting.catch(() => {});
    const terminated = workers[0]?.terminate();
    release();
    await terminated;

    await expect(underWay).rejects.toBeInstanceOf(StoreUnavailableError);
    // Stored now, it would overtake what is tried again.
    await expect(waiting).rejects.toBeInstanceOf(StoreUnavailableError);
    expect(await set('under way')).toEqual([[{ name: 'under way' }]]);
    expect(workers).toHaveLength(2);
  });

  it('starts another thread when the last one died while nothing was to do', async () => {
    await set('before');
    await workers[0]?.terminate();
    expect(await set('after')).toEqual([[{ name: 'after' }]]);
  });

  it('refuses everything, but does not hang, while threads cannot start', async () => {
    const broken = new Writer(() =>
      spawnWriterWorker({ path: join(folder, 'missing', 'stoa.db'), busyTimeoutMs: 10, maxBytes: undefined }),
    );
    await expect(broken.write([])).rejects.toBeInstanceOf(StoreUnavailableError);
    await expect(broken.write([])).rejects.toMatchObject({ cause: expect.any(Error) });
    await broken.close();
  });
});

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
