import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newApp, newDevice, newMessage, newPair, newUser, now } from '../contract/store-under-test.ts';
import type { Appended, ConversationKey, Store } from '../store.ts';
import { openPostgresStore } from './open-postgres-store.ts';
import { holdCommits } from './testing/hold-commits.ts';
import { type PostgresStoreUnderTest, usePostgres } from './testing/test-store.ts';

const { server, openTestStore } = usePostgres();

describe('two nodes on one database', { timeout: 180_000 }, () => {
  let tested: PostgresStoreUnderTest;
  let nodes: readonly [Store, Store];
  beforeAll(async () => {
    tested = await openTestStore();
    nodes = [tested.store, await openPostgresStore({ url: tested.url, timeoutMs: 30_000 })];
  });
  afterAll(async () => {
    await nodes[1].close();
    await tested.cleanup();
  });

  /** How many transactions wait for another one. */
  const waiting = async () => Number(await count('select count(*)::int n from pg_locks where not granted'));

  const count = (statement: string) =>
    server().then(async (postgres) => (await postgres.query(statement, tested.url))[0]?.n);

  it('say what is wrong with a text that cannot be kept', async () => {
    const { aid } = await newApp(nodes[0]);
    const nul = String.fromCharCode(0);
    await expect(nodes[0].users.upsert({ aid, address: 'nul', name: `A${nul}B`, now })).rejects.toMatchObject(
      { code: 'BAD_REQUEST', message: 'A text has the character U+0000.' },
    );
  });

  it('number the messages of a conversation without gaps, with ids in the same order', async () => {
    const { alice, bob, conversation } = await newPair(nodes[0]);
    const appended = await Promise.all(
      Array.from({ length: 400 }, async (_, index) => {
        // Over several turns, so that the batches of the nodes overlap in ever different ways.
        for (let turn = 0; turn < index / 10; turn++) await nextTurn();
        return nodes[index % 2 === 0 ? 0 : 1].log.append(
          newMessage({ conversation, sender: index % 3 === 0 ? alice : bob }),
        );
      }),
    );
    const bySeq = appended.sort((one, other) => one.seq - other.seq);
    expect(bySeq.map(({ seq }) => seq)).toEqual(bySeq.map((_, index) => index + 1));
    const mids = bySeq.map(({ mid }) => mid);
    expect(mids).toEqual([...mids].sort((one, other) => one - other));
    const read = await nodes[1].log.read(appended[0]?.conv ?? 0, { after: 0, limit: 1000 });
    expect(read.map(({ seq, mid }) => [seq, mid])).toEqual(bySeq.map(({ seq, mid }) => [seq, mid]));
  });

  it('make a conversation once, and append a send once, whichever gets it first', async () => {
    const { aid } = await newApp(nodes[0]);
    const users = await Promise.all([...'abcdefgh'].map((address) => newUser(nodes[0], aid, address)));
    const sends = users.flatMap(({ uid: a }) =>
      users.map(({ uid: b }) =>
        newMessage({ conversation: { kind: 'pair', aid, a, b }, sender: a, dev: 7, id: b }),
      ),
    );
    // Each of the nodes is asked for all of them, in orders that differ.
    const results = await Promise.all(
      nodes.map((node, index) =>
        Promise.all((index === 0 ? sends : [...sends].reverse()).map((send) => node.log.append(send))),
      ),
    );
    const [one = [], other = []] = [results[0], results[1]?.reverse()];
    expect(one.map(place)).toEqual(other.map(place));
    expect(one.map(({ duplicate }, index) => duplicate !== other[index]?.duplicate)).toEqual(
      sends.map(() => true),
    );
    expect(new Set(one.map(({ conv }) => conv)).size).toBe((8 * 9) / 2);
  });

  it('append a send once, even if each is asked for it in another conversation', async () => {
    const { aid } = await newApp(nodes[0]);
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((address) => newUser(nodes[0], aid, address)));
    const append = (node: Store, to: number | undefined, id: number) =>
      node.log.append(newMessage({ conversation: pair(aid, a?.uid, to), sender: a?.uid ?? 0, dev: 3, id }));
    await Promise.all([append(nodes[0], b?.uid, 1000), append(nodes[1], c?.uid, 1001)]);
    for (let id = 1; id <= 20; id++) {
      const [one, other] = await Promise.all([append(nodes[0], b?.uid, id), append(nodes[1], c?.uid, id)]);
      expect(place(one)).toEqual(place(other));
      expect(one.duplicate).toBe(!other.duplicate);
    }
    for (const to of [b, c]) {
      const found = await nodes[0].log.findConversation(pair(aid, a?.uid, to?.uid));
      const messages = await nodes[0].log.read(found?.conv ?? 0, { after: 0, limit: 100 });
      expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, index) => index + 1));
      expect(found?.last).toBe(messages.length);
    }
  });

  it('tell a device that continues from a position of everything that commits later', async () => {
    const { aid } = await newApp(nodes[0]);
    const me = (await newUser(nodes[0], aid, 'me')).uid;
    // One message in each conversation: what is missed once is not made good by the next.
    const addresses = Array.from({ length: 150 }, (_, index) => `p${index}`);
    const peers = await Promise.all(
      addresses.map(async (address) => (await newUser(nodes[0], aid, address)).uid),
    );
    const written: { conv: number; last: number; delivered: number }[] = [];
    let writing = true;

    async function write(node: Store): Promise<void> {
      for (let peer = peers.pop(); peer !== undefined; peer = peers.pop()) {
        const conversation = pair(aid, me, peer);
        const { conv, seq } = await node.log.append(newMessage({ conversation, sender: peer }));
        if (peer % 2 === 0) {
          await node.cursors.advance({ conv, uid: me, dev: 0, kind: 'received', seq, now });
        }
        written.push({ conv, last: 1, delivered: peer % 2 === 0 ? 1 : 0 });
      }
    }

    /** What a device knows that only ever asks for what is new, of this node. */
    async function follow(node: Store): Promise<Map<number, { last: number; delivered: number }>> {
      const known = new Map<number, { last: number; delivered: number }>();
      let position = 0;
      for (let more = true; more; ) {
        // The last time when nothing is written any more.
        more = writing;
        const changed = await node.cursors.changed({ uid: me, dev: 0, position, limit: 1000 });
        expect(changed.position).toBeGreaterThanOrEqual(position);
        position = changed.position;
        for (const { conv, last, own } of changed.conversations)
          known.set(conv, { last, delivered: own.delivered });
      }
      return known;
    }

    const followers = [...nodes, ...nodes].map(follow);
    await Promise.all([...nodes, ...nodes, ...nodes, ...nodes].map(write));
    writing = false;
    const expected = new Map(written.map(({ conv, last, delivered }) => [conv, { last, delivered }]));
    expect(expected.size).toBe(150);
    for (const known of await Promise.all(followers)) expect(sorted(known)).toEqual(sorted(expected));
  });

  it('give no position away before everything with a lower one can be seen', async () => {
    const { aid, alice, bob, conversation } = await newPair(nodes[0]);
    const carol = (await newUser(nodes[0], aid, 'carol')).uid;
    const slow = await nodes[0].log.append(newMessage({ conversation, sender: bob }));
    const other = pair(aid, alice, carol);
    await nodes[1].log.append(newMessage({ conversation: other, sender: carol }));
    const holder = await holdCommits(tested.url, 'conversations', `new.conv = ${slow.conv}`);
    const changed = (position: number) =>
      nodes[1].cursors.changed({ uid: alice, dev: 0, position, limit: 10 });

    // It has its position, and does not get through its commit.
    const first = nodes[0].log.append(newMessage({ conversation, sender: bob }));
    while ((await waiting()) < 1);
    let isSecondThere = false;
    const second = nodes[1].log.append(newMessage({ conversation: other, sender: carol })).then(() => {
      isSecondThere = true;
    });
    while (!isSecondThere && (await waiting()) < 2);
    const { position } = await changed(0);
    await holder.release();
    await Promise.all([first, second]);
    expect((await changed(position)).conversations.map(({ conv }) => conv)).toContain(slow.conv);
  });

  it('let the age of a message begin that was appended while the cursor waited', async () => {
    const { alice, bob, conversation } = await newPair(nodes[0]);
    const { conv } = await nodes[0].log.append(newMessage({ conversation, sender: alice }));
    const holder = await holdCommits(tested.url, 'conversations', `new.conv = ${conv}`);
    const age = { seconds: 10, from: 'delivered' } as const;
    const appended = nodes[0].log.append(newMessage({ conversation, sender: alice, age }));
    while ((await waiting()) < 1);
    const moved = nodes[1].cursors.advance({ conv, uid: bob, dev: 0, kind: 'received', seq: 2, now });
    while ((await waiting()) < 2);
    await holder.release();
    expect(await moved).toEqual({ delivered: 2 });
    const { mid } = await appended;
    expect((await nodes[0].log.find(mid))?.special).toMatchObject({ dueAt: now + 10_000 });
  });

  it('hand out the messages of a sender whose time has come once, and in their order', async () => {
    const { alice } = await newPair(nodes[0]);
    const payload = new Uint8Array(1);
    const ids = Array.from({ length: 40 }, (_, index) => index + 1);
    await Promise.all(
      ids.map((id) => nodes[0].schedule.add({ sender: alice, dev: 1, id, at: now, payload, limit: 100 })),
    );
    const taken: number[] = [];
    async function takeAll({ schedule }: Store): Promise<void> {
      while (taken.length < ids.length) {
        for (const message of await schedule.take({ now, retryBefore: now - 1, limit: 3 })) {
          taken.push(message.id);
          await schedule.remove(message);
        }
      }
    }
    await Promise.all([...nodes, ...nodes].map(takeAll));
    expect(taken).toEqual(ids);
  });

  it('hand out nothing of a sender while the other one is about to take what comes before', async () => {
    const { alice } = await newPair(nodes[0]);
    const payload = new Uint8Array(1);
    for (const id of [1, 2])
      await nodes[0].schedule.add({ sender: alice, dev: 1, id, at: now, payload, limit: 100 });
    const holder = await holdCommits(tested.url, 'scheduled', `new.sender = ${alice}`);
    const take = (node: Store, limit: number) => node.schedule.take({ now, retryBefore: now - 1, limit });
    const first = take(nodes[0], 1);
    while ((await waiting()) < 1);
    const second = take(nodes[1], 2);
    while ((await waiting()) < 2);
    await holder.release();
    expect(await first).toMatchObject([{ id: 1 }]);
    expect(await second).toEqual([]);
  });

  it('agree after any history of both', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(action, { minLength: 1, maxLength: 10 }), { maxLength: 8 }),
        (turns) => play(nodes, turns),
      ),
      { numRuns: 25 },
    );
  });

  it('begin no conversation in an app that one of them is about to remove', async () => {
    const { aid, alice, conversation } = await newPair(nodes[0]);
    const holder = await holdCommits(tested.url, 'apps', `new.aid = ${aid}`);
    const removed = nodes[0].apps.remove(aid);
    while ((await waiting()) < 1);
    const begun = nodes[1].log.append(newMessage({ conversation, sender: alice })).catch(String);
    while ((await waiting()) < 2);
    await holder.release();
    expect(await begun).toMatch('no such app');
    expect(await removed).toBe(true);
  });

  it('leave nothing of an app that one of them removes while the other writes', async () => {
    const { aid, alice, bob, conversation } = await newPair(nodes[0]);
    const { uid: carol } = await newUser(nodes[0], aid, 'carol');
    const { conv } = await nodes[0].log.append(newMessage({ conversation, sender: alice }));
    let refused = 0;
    async function writeUntilRefused(to: number, first: number): Promise<void> {
      for (let id = first; ; id++) {
        const message = newMessage({ conversation: pair(aid, alice, to), sender: alice, dev: 1, id });
        const { conv, seq } = await nodes[1].log.append(message);
        await nodes[1].cursors.advance({ conv, uid: to, dev: 0, kind: 'read', seq, now });
      }
    }
    const writers = [bob, carol, alice].map((to, index) =>
      writeUntilRefused(to, 1_000_000 * index).catch(() => {
        refused += 1;
      }),
    );
    expect(await nodes[0].apps.remove(aid)).toBe(true);
    await Promise.all(writers);
    expect(refused).toBe(3);
    expect(await count(`select count(*)::int n from conversations where aid = ${aid}`)).toBe(0);
    for (const table of ['messages', 'receipts']) {
      const orphans = `select count(*)::int n from ${table} m where not exists (select 1 from conversations c where c.conv = m.conv)`;
      expect(await count(orphans)).toBe(0);
    }
    expect(await nodes[1].log.conversation(conv)).toBeUndefined();
  });

  it('bear that users and devices come and go meanwhile', async () => {
    const { aid, alice, bob, conversation } = await newPair(nodes[0]);
    const { conv } = await nodes[0].log.append(newMessage({ conversation, sender: alice }));
    await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const node = nodes[index % 2 === 0 ? 0 : 1];
        const dev = await newDevice(node, bob);
        await node.log.append(newMessage({ conversation, sender: alice }));
        await Promise.all([
          node.cursors.advance({ conv, uid: bob, dev, kind: 'received', seq: index, now }),
          nodes[0].devices.open({ uid: bob, id: `d${index % 5}`, agent: '', position: index % 3, now }),
          nodes[1].devices.remove(bob, dev),
          node.users.upsert({ aid, address: `u${index % 7}`, now }),
        ]);
      }),
    );
    expect(await nodes[0].log.conversation(conv)).toMatchObject({ last: 61 });
    expect(await nodes[1].devices.list(bob)).toHaveLength(6);
    expect(await nodes[0].users.list({ aid, limit: 100 })).toHaveLength(9);
  });
});

const place = ({ mid, conv, seq, ts }: Appended) => ({ mid, conv, seq, ts });

const pair = (aid: number, a = 0, b = 0): ConversationKey => ({ kind: 'pair', aid, a, b });

const sorted = <V>(map: Map<number, V>): [number, V][] => [...map].sort(([one], [other]) => one - other);

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const person = fc.nat({ max: 2 });
const action = fc.oneof(
  fc.record({
    do: fc.constant('append' as const),
    node: fc.nat({ max: 1 }),
    from: person,
    to: person,
    id: fc.option(fc.integer({ min: 1, max: 8 }), { freq: 4 }),
  }),
  fc.record({
    do: fc.constant('advance' as const),
    node: fc.nat({ max: 1 }),
    user: person,
    with: person,
    kind: fc.constantFrom('received' as const, 'seen' as const, 'read' as const),
    seq: fc.integer({ min: 1, max: 12 }),
  }),
);
type Action = typeof action extends fc.Arbitrary<infer Of> ? Of : never;

/**
 * Turns one after the other, the actions of each at once on both nodes. Which of them is first is not said, but what
 * must hold in any order is checked: places, sends, cursors, and what both nodes show.
 */
async function play(nodes: readonly [Store, Store], turns: readonly (readonly Action[])[]): Promise<void> {
  const { aid } = await newApp(nodes[0]);
  const uids: number[] = [];
  for (const address of ['a', 'b', 'c']) uids.push((await newUser(nodes[0], aid, address)).uid);
  const uid = (index: number) => uids[index] ?? 0;
  const sends = new Map<string, Appended>();
  const added: Appended[] = [];
  const cursors = new Map<string, { delivered: number; seen: number; read: number }>();

  async function run(action: Action): Promise<void> {
    const node = nodes[action.node === 0 ? 0 : 1];
    if (action.do === 'append') {
      const [sender, id] = [uid(action.from), action.id];
      const conversation = pair(aid, sender, uid(action.to));
      const appended = await node.log.append(newMessage({ conversation, sender, dev: 1, id }));
      if (!appended.duplicate) added.push(appended);
      if (id === null) return;
      const key = `${sender}:${id}`;
      const first = sends.get(key);
      if (first === undefined) sends.set(key, appended);
      else expect(place(appended)).toEqual(place(first));
      return;
    }
    const [user, peer] = [uid(action.user), uid(action.with)];
    const found = await node.log.findConversation(pair(aid, user, peer));
    if (found === undefined) return;
    const moves = await node.cursors.advance({
      conv: found.conv,
      uid: user,
      dev: 0,
      kind: action.kind,
      seq: action.seq,
      now,
    });
    const key = `${user}:${found.conv}`;
    const state = cursors.get(key) ?? { delivered: 0, seen: 0, read: 0 };
    for (const kind of ['delivered', 'seen', 'read'] as const)
      state[kind] = Math.max(state[kind], moves[kind] ?? 0);
    cursors.set(key, state);
  }

  for (const turn of turns) await Promise.all(turn.map(run));

  const convs = new Set(added.map(({ conv }) => conv));
  for (const conv of convs) {
    const [one, other] = await Promise.all(
      nodes.map((node) => node.log.read(conv, { after: 0, limit: 1000 })),
    );
    expect(one).toEqual(other);
    expect(one?.map(({ seq }) => seq)).toEqual(one?.map((_, index) => index + 1));
    const mine = added.filter((message) => message.conv === conv).map(({ mid }) => mid);
    expect(one?.map(({ mid }) => mid)).toEqual(mine.sort((a, b) => a - b));
  }
  for (const [key, state] of cursors) {
    const [user = 0, conv = 0] = key.split(':').map(Number);
    expect((await nodes[1].cursors.forDevice(conv, user, 0))?.own).toMatchObject(state);
  }
}
