import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useRoomLeases } from '../contract/room-leases.ts';
import { newMessage, now, randomHash } from '../contract/store-under-test.ts';
import { useWebhooks } from '../contract/webhooks.ts';
import { createAccessStore } from '../sql/access.ts';
import { createAppStore } from '../sql/apps.ts';
import type { SqlDatabase } from '../sql/database.ts';
import { createDeviceStore } from '../sql/devices.ts';
import { createErasureStore } from '../sql/erasures.ts';
import { createFileRecordStore } from '../sql/files.ts';
import { createOtpStore } from '../sql/otps.ts';
import { createProfileStore } from '../sql/profiles.ts';
import { createPushStore } from '../sql/push.ts';
import { createPushSweepStore } from '../sql/push-sweep.ts';
import { createRoomLeaseStore } from '../sql/room-leases.ts';
import { createScheduleStore } from '../sql/schedule.ts';
import { createSettingStore } from '../sql/settings.ts';
import { sweepDue } from '../sql/sweep-due.ts';
import { createSweepOlder } from '../sql/sweep-older.ts';
import { createTokenStore } from '../sql/tokens.ts';
import { createUserValueStore } from '../sql/user-values.ts';
import { createUserStore } from '../sql/users.ts';
import { createWebhookStore } from '../sql/webhooks.ts';
import { openForWriting } from './connection.ts';
import { migrate } from './migrate.ts';
import { Reader } from './reader.ts';
import { createSqlDatabase } from './sql-database.ts';
import { spawnWriterWorker, Writer } from './writer.ts';

/** Whatever is slow in a small database stops a large one, and reads are made on the server's own thread. */
describe('the statements of the repositories', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stoa-plans-'));
  const path = join(folder, 'stoa.db');
  const ran = new Set<string>();
  let reader: Reader;
  let writer: Writer;
  let database: SqlDatabase;

  beforeAll(() => {
    const connection = openForWriting(path, { busyTimeoutMs: 100 });
    migrate(connection);
    connection.close();
    reader = new Reader(path);
    writer = new Writer(() => spawnWriterWorker({ path, busyTimeoutMs: 1000, maxBytes: undefined }));
    const plain = createSqlDatabase(reader, writer);
    database = {
      ...plain,
      read(query) {
        ran.add(query.sql);
        return plain.read(query);
      },
      write(...queries) {
        for (const { sql } of queries) ran.add(sql);
        return plain.write(...queries);
      },
      writeForUser(uid, ...queries) {
        for (const { sql } of queries) ran.add(sql);
        return plain.writeForUser(uid, ...queries);
      },
      writeInTurn(...queries) {
        for (const { sql } of queries) ran.add(sql);
        return plain.writeInTurn(...queries);
      },
    };
  });
  afterAll(async () => {
    reader.close();
    await writer.close();
    rmSync(folder, { recursive: true });
  });

  it('find what they need by an index', async () => {
    await runEverything(database, writer);
    expect(ran.size).toBeGreaterThan(60);
    const scans: string[] = [];
    for (const sql of ran) {
      const plan = await reader.all<{ detail: string }>(`explain query plan ${sql}`);
      if (plan.some(({ detail }) => isSlow(detail))) scans.push(sql);
    }
    expect(scans.filter((sql) => !smallTables.test(sql))).toEqual([]);
  });
});

/** Apps, webhooks and erasures under way are few, and all of them are listed; the state of the log is one row. */
const smallTables = /(from|into|update) "(apps|erasures|log_state|webhooks|access_policies)"/;

/** A scan of a table, or of all users of an app. (Rows that the statement itself makes are no table.) */
const isSlow = (detail: string): boolean =>
  (detail.startsWith('SCAN') && !['SCAN CONSTANT ROW', 'SCAN unread'].includes(detail)) ||
  /users_by_app \(aid=\?\)$/.test(detail);

async function runEverything(database: SqlDatabase, writer: Writer): Promise<void> {
  const apps = createAppStore(database);
  const { aid } = await apps.create({ name: 'a', tokenHash: randomHash(), now });
  await apps.find(aid);
  await apps.findByToken(randomHash());
  await apps.list();
  await apps.update(aid, { name: 'b' });

  const users = createUserStore(database);
  const { user } = await users.upsert({ aid, address: 'a', now });
  const { uid } = user;
  await users.find(uid);
  await users.findByAddress(aid, 'a');
  await users.update(uid, { lastSeen: now });
  await users.list({ aid, limit: 1 });
  await users.list({ aid, pattern: 'a*', after: 'a', limit: 1 });

  const tokens = createTokenStore(database);
  const hash = randomHash();
  await tokens.add({ uid, aid, hash, appName: null, expiresAt: null, now });
  await tokens.find(hash);
  await tokens.list(uid);
  await tokens.sweep(now, 1);
  await tokens.removeById(uid, 1);
  await tokens.removeAll(uid);

  const otps = createOtpStore(database);
  await otps.set({ aid, address: 'a', hash, tries: 2, reuse: 2, expiresAt: now + 1 });
  for (const code of [hash, hash]) await otps.consume({ aid, address: 'a', hash: code, now });
  await otps.set({ aid, address: 'a', hash, tries: 2, reuse: 2, expiresAt: now + 1 });
  await otps.consume({ aid, address: 'a', hash: randomHash(), now });
  await otps.sweep(now, 1);

  const devices = createDeviceStore(database);
  const { dev } = await devices.open({ uid, id: 'a', agent: '', position: undefined, now });
  await devices.open({ uid, id: 'a', agent: '', position: 1, now });
  const [tokenId, run, limit, online] = [1, 'r', 1, [dev]];
  await devices.open({ uid, id: 'b', agent: '', position: 1, tokenId, run, limit, online, now });
  await devices.open({ uid, id: 'c', agent: '', position: 1, tokenId, run, limit, now });
  await devices.list(uid);
  await devices.find(uid, dev);
  await devices.seen([{ dev, at: now }]);
  await devices.signOut(uid, dev);
  await devices.forgetEnded(uid, 1);
  await devices.remove(uid, dev);

  const settings = createSettingStore(database);
  await settings.set('a', 'b');
  await settings.setOnce('a', 'b');
  await settings.get('a');

  const values = createUserValueStore(database);
  const change = { uid, limit: 1, now };
  const value = new Uint8Array(1);
  await values.set({ ...change, values: [{ key: 'a', value }] });
  await values.set({ ...change, values: [{ key: 'a', value: null }] });
  await values.set({ ...change, values: [{ key: 'b', value }] });
  await values.get(uid, 'a');
  await values.list({ uid, prefix: 'a', limit: 1 });
  await values.changed({ uid, position: 0, limit: 1 });

  const schedule = createScheduleStore(database);
  const key = { sender: uid, dev: 1, id: 1 };
  for (const limit of [1, 0]) await schedule.add({ ...key, at: now, payload: value, limit });
  await schedule.find(key);
  await schedule.list({ sender: uid, limit: 1 });
  await schedule.list({ sender: uid, after: { at: 1, dev: 1, id: 1 }, limit: 1 });
  await schedule.take({ now, retryBefore: now, limit: 1 });
  await schedule.fail(key, 'BLOCKED');
  await schedule.cancel(key, now);
  await schedule.remove(key);
  await schedule.sweep(now, 1);

  const files = createFileRecordStore(database);
  const file = { id: 'f', aid, uid, name: 'a', size: 1 };
  await files.add({ ...file, now, checkAt: now });
  await files.resize('f', 1);
  await files.finish('f', { mime: 'a/b', size: 1, sha256: hash });
  await files.list({ uid, limit: 1 });
  await files.usage(uid);
  await files.use('f', key, now);
  await files.places({ file: 'f', uid, limit: 1 });
  await files.takeUnused({ now, nextCheck: now, limit: 1 });
  await files.checkSoon(uid);
  const profiles = createProfileStore(database);
  const profile = { uid, document: value, picture: 'f', search: 'a', checkAt: now };
  for (const version of [0, 1]) await profiles.put({ ...profile, version });
  await profiles.find([uid]);
  await profiles.search({ aid, prefix: 'a', limit: 1 });
  await profiles.search({ aid, prefix: 'a', after: { uid: 1, search: 'a' }, limit: 1 });
  await files.keep('f', now);
  await files.isPictureFor('f', uid);
  await files.remove('f');

  const push = createPushStore(database);
  for (const muted of [[], ['u:b', 'g:1']]) await push.unread(uid, 1, muted);
  const pushSweep = createPushSweepStore(database);
  await pushSweep.hold({ node: 'a', now, until: now });
  await pushSweep.move({ node: 'a', mid: 0, until: now });
  await pushSweep.newest();
  await pushSweep.entries(0, 1);
  await pushSweep.awaiting([1]);

  for (const id of [1, null]) {
    const age = { seconds: 1, from: 'sent' } as const;
    const conversation = { kind: 'pair', aid, a: uid, b: uid } as const;
    await writer.append(newMessage({ conversation, sender: uid, id, age }));
  }
  await sweepDue(database, now + 1000, 1);
  await createSweepOlder(database)({ aid, before: now + 1, limit: 1 });
  const erasures = createErasureStore(database);
  await erasures.begin(uid, 'erased');
  await erasures.pending(1);
  while (await erasures.step(uid, 1));

  await useWebhooks(createWebhookStore(database), aid, uid);
  const [[group]] = await database.write(
    sql<{ gid: number }>`
      insert into chat_groups (aid, ref, name, flags, created_at) values (${aid}, 'r', '', 0, 0) returning gid`.compile(
      database.query,
    ),
  );
  await useRoomLeases(createRoomLeaseStore(database), group?.gid ?? 0);
  const access = createAccessStore(database);
  await access.put({ aid, id: 1, name: '', rules: '{}' }, 1);
  for (const policy of [1, null]) await access.assign(uid, aid, policy);
  await access.assigned(uid);
  await access.all();
  await access.remove(aid, 1);
  await users.remove(uid);
}
