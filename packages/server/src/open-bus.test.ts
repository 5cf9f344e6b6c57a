import { type DisposableTempDir, mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore, type Store } from '@stoa/storage';
import { startNats, type TestNats } from '@stoa/testkit/nats';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openBus } from './open-bus.ts';

describe('the bus of a node', () => {
  let nats: TestNats;
  let folder: DisposableTempDir;
  let store: Store;
  let log: string[];
  beforeAll(async () => {
    nats = await startNats();
  });
  afterAll(() => nats.close());
  beforeEach(async () => {
    folder = mkdtempDisposableSync(join(tmpdir(), 'stoa-test-'));
    store = await openSqliteStore({ path: join(folder.path, 'stoa.db') });
    log = [];
  });
  afterEach(async () => {
    await store.close();
    folder.remove();
  });

  function open(natsUrl: string | null, settings = store.settings) {
    const logger = pino({ base: null }, { write: (line: string) => log.push(line) });
    return openBus({ natsUrl, settings, logger });
  }

  it('joins those that share a database, and nobody else', async () => {
    const elsewhere = await openSqliteStore({ path: join(folder.path, 'other.db') });
    const [one, other, foreign] = [
      await open(nats.url),
      await open(nats.url),
      await open(nats.url, elsewhere.settings),
    ];
    const heard: string[] = [];
    const came = Promise.withResolvers<void>();
    for (const [name, bus] of Object.entries({ other, foreign })) {
      await bus.subscribe('user.1', ({ type }) => {
        heard.push(`${name}: ${type}`);
        if (type === 'last') came.resolve();
      });
    }
    foreign.publish('user.1', { type: 'foreign' });
    one.publish('user.1', { type: 'first' });
    one.publish('user.1', { type: 'last' });
    await came.promise;
    expect(heard).toEqual(['foreign: foreign', 'other: first', 'other: last']);
    for (const bus of [one, other, foreign]) await bus.close();
    await elsewhere.close();
  });

  it('says in one line that the server cannot be reached, and goes on trying', async () => {
    await nats.stop();
    const bus = await open(nats.url.replace('//', '//zoe:s3cret@'));
    expect(bus.connected).toBe(false);
    expect(log).toHaveLength(1);
    expect(log[0]).toContain(`NATS cannot be reached (127.0.0.1:${nats.port}: connection refused)`);
    const connected = Promise.withResolvers<void>();
    await bus.subscribe(
      'user.1',
      () => {},
      () => connected.resolve(),
    );
    await nats.start();
    await connected.promise;
    expect(bus.connected).toBe(true);
    expect(log).toHaveLength(2);
    expect(log[1]).toContain(`NATS: connected to 127.0.0.1:${nats.port}`);
    expect(log.join()).not.toMatch(/s3cret|zoe/);
    await bus.close();
  });

  it('is one of its own when no server is named', async () => {
    const bus = await open(null);
    expect(bus.connected).toBe(true);
    await bus.close();
    expect(log).toEqual([]);
  });
});
