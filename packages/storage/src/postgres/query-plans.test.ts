import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newGroup } from '../contract/group-fixture.ts';
import { useRoomLeases } from '../contract/room-leases.ts';
import { newApp, newMessage, newPair, now, randomHash } from '../contract/store-under-test.ts';
import { useWebhooks } from '../contract/webhooks.ts';
import type { Store } from '../store.ts';
import { type PostgresStoreUnderTest, usePostgres } from './testing/test-store.ts';

const { server, openTestStore } = usePostgres();

/** Few rows, or one: reading all of them is what an index would do too. */
const smallTables = [
  'access_policies',
  'apps',
  'erasures',
  'expiry_marker',
  'log_positions',
  'push_sweep',
  'schema_version',
  'settings',
  'webhooks',
];

/** Of another app, so that what is asked for is a small part of each table. */
const fill = `
  insert into apps (name, created_at) values ('large', 0);
  insert into users (aid, address, name, active, flag, created_at)
    select (select max(aid) from apps), 'user' || n, '', 1, 0, 0 from generate_series(1, 20000) n;
  insert into tokens (uid, aid, hash, expires_at, created_at)
    select uid, aid, decode(md5(uid::text), 'hex'), 9000000000000, 0 from users;
  insert into otps select aid, address, '', 1, 1, 9000000000000 from users;
  insert into devices (uid, id, agent, created_at, last_seen) select uid, 'device', '', 0, 0 from users;
  insert into user_values select uid, 'key', '', uid, 0 from users;
  insert into scheduled (sender, dev, id, at, payload) select uid, 1, 1, 9000000000000, '' from users;
  insert into conversations (aid, a, b, last, last_at, position)
    select aid, uid, uid + 1, 2, uid, 0 from users where uid < (select max(uid) from users);
  insert into members (uid, conv) select a, conv from conversations union all select b, conv from conversations;
  insert into messages (mid, conv, seq, sender, dev, id, ts, type, flags, local_id, expires_at, content)
    select nextval('message_ids'), conv, seq, a, 1, 2 * conv + seq, 9000000000000, 0, 0, 0, 9000000000000, 'content'
    from conversations, generate_series(1, 2) seq;
  insert into message_expiry select expires_at, mid from messages;
  insert into message_extras (mid, conv, seq, sender, age, age_from)
    select mid, conv, seq, sender, 60, 2 from messages where seq = 1;
  insert into message_marks select mid, 1, 'mark', sender, conv, seq, 0 from message_extras;
  insert into receipts select conv, a, 1, 1, 0 from conversations;
  insert into files (id, aid, uid, name, size, created_at, check_at)
    select md5(uid::text), aid, uid, '', 1, 0, 9000000000000 from users;
  insert into file_uses select id, uid, 1, 1 from files;
  insert into chat_groups (aid, ref, name, flags, created_at, expires_at, conv)
    select aid, 'ref' || uid, '', 0, 0, 9000000000000, 1000000 + uid from users;
  insert into group_members select gid, conv - 1000000, 1, 31, 0, 0 from chat_groups;
  insert into group_spans (conv, uid, joined_seq) select conv, conv - 1000000, 1 from chat_groups;
  insert into group_pins (gid, pin, flags, admin) select gid, 1, 31, 0 from chat_groups;
  insert into group_requests select gid, conv - 1000000, 0 from chat_groups;
  insert into room_leases select gid, 'node ' || gid, 1, 9000000000000, 0 from chat_groups;
  insert into push_registrations (dev, uid, provider, target, created_at)
    select dev, uid, 'web', 'https://push.example/' || dev, 0 from devices;
  insert into profiles select uid, aid, 1, 'document', md5(uid::text), 'name ' || uid from users;
  insert into webhooks (aid, name, url, secret, events, form, created_at)
    select (select max(aid) from apps), n, '', '', '[]', 'v2', 0 from generate_series(1, 100) n;
  insert into webhook_events (webhook, event, at, body) select id, n, 0, '{}' from webhooks, generate_series(1, 200) n;
  insert into webhook_attempts (webhook, at, ms, events, event)
    select id, 0, 0, 1, n from webhooks, generate_series(1, 200) n;
  insert into webhook_notes select 0, conv, a, seq, 9000000000000 from conversations, generate_series(1, 2) seq;
  insert into delivery_checks select uid, 9000000000000 from users;
  insert into user_nodes select uid, 'other' from users;
  insert into access_policies select (select max(aid) from apps), n, '', '{}' from generate_series(1, 100) n;
  insert into user_policies select uid, aid, 1 + uid % 100 from users;
  insert into device_cursors select dev, conv, 1 from devices join conversations on a = uid;
  analyze`;

describe('the statements of a store on a server', { timeout: 120_000 }, () => {
  let tested: PostgresStoreUnderTest;
  beforeAll(async () => {
    tested = await openTestStore();
    await (await server()).query(fill, tested.url);
  }, 120_000);
  afterAll(() => tested.cleanup());

  it('find what they need by an index, in tables that are large', async () => {
    const scans = async () => {
      const rows = await (await server()).query(
        'select relname, seq_scan::int from pg_stat_user_tables',
        tested.url,
      );
      return new Map(rows.map(({ relname, seq_scan }) => [String(relname), Number(seq_scan)]));
    };
    // A connection reports what it has counted at the latest when it ends.
    const ended = () =>
      expect
        .poll(async () =>
          (await server()).query(
            'select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
            tested.url,
          ),
        )
        .toEqual([]);
    await tested.store.close();
    await ended();
    const before = await scans();
    const store = await tested.reopen();
    // More often than the five times after which a statement gets a plan for any parameters.
    for (let round = 0; round < 7; round++) await doEverything(store);
    await store.close();
    await ended();
    const after = await scans();
    const scanned = [...after].filter(([table, count]) => count > (before.get(table) ?? 0));
    expect(scanned.filter(([table]) => !smallTables.includes(table))).toEqual([]);
    expect(after.size).toBeGreaterThan(15);
  });
});

/** What a server does with users and messages, each at least once. */
async function doEverything(store: Store): Promise<void> {
  const { aid, alice, bob, bobDevice: dev, conversation } = await newPair(store);
  const append = (fields: Partial<Parameters<typeof newMessage>[0]> = {}) =>
    store.log.append(newMessage({ conversation, sender: alice, dev: 1, ...fields }));
  const [{ conv, mid, seq }] = await Promise.all([
    append({ id: 1 }),
    append({ expiresAt: now + 1 }),
    append({ age: { seconds: 1, from: 'delivered' } }),
    append({ change: { event: 'edit', target: 1 } }),
    append({ change: { event: 'recall', target: 2 } }),
  ]);
  await append({ id: 1 });
  await store.cursors.advance({ conv, uid: bob, dev, kind: 'received', seq: 3, now });
  await store.cursors.advance({ conv, uid: bob, dev, kind: 'read', seq: 3, now });
  await store.cursors.changed({ uid: bob, dev, position: 1, limit: 10 });
  await store.cursors.changed({ uid: bob, dev, position: 1, limit: 10, before: { lastAt: now, conv } });
  await store.cursors.forDevice(conv, bob, dev);
  await store.cursors.times(conv, bob, seq);
  await store.log.read(conv, { after: 0, limit: 10 });
  await store.log.read(conv, { before: 3, limit: 10 });
  await store.log.read(conv, { beforeMid: mid, limit: 10 });
  await store.log.find(mid);
  await store.log.findSend({ sender: alice, dev: 1, id: 1 });
  await store.log.conversation(conv);
  await store.log.findConversation(conversation);
  await store.log.sweep(now + 100_000, 10);
  await store.log.sweepOlder({ aid, before: now + 1, limit: 10 });

  await store.users.upsert({ aid, address: 'alice', now });
  await store.users.find(alice);
  await store.users.findByAddress(aid, 'alice');
  await store.users.update(alice, { lastSeen: now });
  await store.users.list({ aid, pattern: 'a*', after: 'a', limit: 1 });
  const hash = randomHash();
  await store.tokens.add({ uid: alice, aid, hash, appName: null, expiresAt: null, now });
  await store.tokens.find(hash);
  await store.tokens.list(alice);
  await store.tokens.removeById(alice, 1);
  await store.tokens.sweep(now, 1);
  await store.otps.set({ aid, address: 'alice', hash, tries: 2, reuse: 2, expiresAt: now + 1 });
  await store.otps.consume({ aid, address: 'alice', hash, now });
  await store.otps.sweep(now, 1);

  await store.devices.open({
    uid: bob,
    id: 'b',
    agent: '',
    position: 1,
    limit: 1,
    tokenId: 1,
    run: 'r',
    now,
  });
  await store.devices.list(bob);
  await store.devices.find(bob, dev);
  await store.devices.seen([{ dev, at: now }]);
  await store.devices.signOut(bob, dev);
  await store.devices.forgetEnded(bob, 0);
  await store.devices.remove(bob, dev);

  for (const muted of [[], ['u:alice', 'g:1']]) await store.push.unread(bob, 10, muted);
  await store.pushSweep.hold({ node: 'a', now, until: now });
  await store.pushSweep.move({ node: 'a', mid, until: now });
  await store.pushSweep.newest();
  await store.pushSweep.entries(mid - 1, 10);
  await store.pushSweep.awaiting([conv]);

  const value = new Uint8Array(1);
  await store.values.set({ uid: alice, values: [{ key: 'a', value }], limit: 1, now });
  await store.values.set({ uid: alice, values: [{ key: 'b', value }], limit: 1, now });
  await store.values.get(alice, 'a');
  await store.values.list({ uid: alice, prefix: 'a', limit: 1 });
  await store.values.changed({ uid: alice, position: 0, limit: 1 });
  const key = { sender: alice, dev: 1, id: 1 };
  await store.schedule.add({ ...key, at: now, payload: value, limit: 10 });
  await store.schedule.list({ sender: alice, limit: 1 });
  await store.schedule.take({ now, retryBefore: now, limit: 1 });
  await store.schedule.fail(key, 'BLOCKED');
  await store.schedule.cancel(key, now);
  await store.schedule.sweep(now + 1, 1);

  const file = { id: `file ${alice}`, aid, uid: alice, name: 'a', size: 1, now, checkAt: now };
  await store.files.add(file);
  await store.files.resize(file.id, 1);
  await store.files.finish(file.id, { mime: 'a/b', size: 1, sha256: hash });
  await store.files.list({ uid: alice, limit: 1 });
  await store.files.usage(alice);
  await store.files.use(file.id, key, now);
  await store.files.places({ file: file.id, uid: alice, limit: 1 });
  await store.files.takeUnused({ now, nextCheck: now, limit: 1 });
  await store.files.checkSoon(alice);
  const profile = { uid: alice, document: value, picture: file.id, search: 'alice', checkAt: now };
  for (const version of [0, 1]) await store.profiles.put({ ...profile, version });
  await store.profiles.find([alice, bob]);
  await store.profiles.search({ aid, prefix: 'alic', limit: 2 });
  await store.profiles.search({ aid, prefix: 'a', after: { uid: 1, search: 'aa' }, limit: 2 });
  await store.files.keep(file.id, now);
  await store.files.isPictureFor(file.id, alice);
  await store.files.takeUnused({ now, nextCheck: now, limit: 1 });
  await store.files.remove(file.id);

  await useWebhooks(store.webhooks, aid, bob);
  await useRoomLeases(store.roomLeases, (await newGroup(store)).group.gid);
  await store.access.put({ aid, id: 1, name: '', rules: '{}' }, 1);
  for (const policy of [1, null]) await store.access.assign(bob, aid, policy);
  await store.access.assigned(bob);
  await store.access.all();
  await store.access.remove(aid, 1);
  await store.erasures.begin(alice, `erased-${alice}`);
  while (await store.erasures.step(alice, 10));
  await store.users.remove(bob);
  const gone = await newApp(store);
  await store.apps.remove(gone.aid);
}
