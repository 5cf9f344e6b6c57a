import { describe, expect, it } from 'vitest';
import type { NewWebhookEvent, Settlement, WebhookStore } from '../store.ts';
import { newApp, newMessage, newPair, now, type OpenStore, useStore } from './store-under-test.ts';

export function describeWebhooks(open: OpenStore): void {
  describe('webhooks', () => {
    const tested = useStore(open);

    async function setUp() {
      const { aid } = await newApp(tested.store);
      const { webhooks } = tested.store;
      const settings = { aid, url: 'https://example.com/', secret: 's', events: ['message'], form: 'v2' };
      const put = (name: string, more: object = {}, limit = 10) =>
        webhooks.put({ ...settings, name, createdAt: now, ...more }, limit);
      const id = (await put('first'))?.id ?? 0;
      const event = (name: string, more: Partial<NewWebhookEvent> = {}): NewWebhookEvent => ({
        webhook: id,
        event: name,
        at: now,
        body: `{"is":"${name}"}`,
        ...more,
      });
      const waiting = async (webhook = id) => (await webhooks.head(webhook, 1000)).map((one) => one.event);
      const settle = (more: Partial<Settlement> = {}) =>
        webhooks.settle({
          webhook: id,
          done: [],
          attempts: [],
          keep: 100,
          failures: 0,
          retryAt: 0,
          ...more,
        });
      return { aid, webhooks, put, id, event, waiting, settle };
    }

    it('are kept by app and name, and only so many', async () => {
      const { aid, webhooks, put, id } = await setUp();
      const changed = await put('first', {
        url: 'https://example.com/2',
        events: [],
        form: 'v1',
        createdAt: 7,
      });
      expect(changed).toEqual({
        id,
        aid,
        name: 'first',
        url: 'https://example.com/2',
        secret: 's',
        events: [],
        form: 'v1',
        createdAt: now,
      });
      expect(await put('second', {}, 1)).toBeUndefined();
      expect(await put('first', {}, 1)).toMatchObject({ id });
      expect(await put('second', {}, 2)).toMatchObject({ name: 'second' });
      const own = async () => (await webhooks.all()).filter((one) => one.aid === aid).map(({ name }) => name);
      expect(await own()).toEqual(['first', 'second']);
      expect([await webhooks.remove(aid, 'first'), await webhooks.remove(aid, 'first')]).toEqual([
        true,
        false,
      ]);
      expect(await own()).toEqual(['second']);
      await tested.store.apps.remove(aid);
      expect(await own()).toEqual([]);
    });

    it('are told of what was noted with it, until that is settled', async () => {
      const { webhooks, event, waiting } = await setUp();
      const { conversation, alice, bob, aliceDevice } = await newPair(tested.store);
      const { log, cursors } = tested.store;
      const message = newMessage({ conversation, sender: alice, dev: aliceDevice, id: 1, noted: true });
      const { conv } = await log.append(message);
      await log.append(message);
      await log.append(newMessage({ conversation, sender: alice }));
      const advance = { conv, uid: bob, dev: 0, now: now + 1 } as const;
      await cursors.advance({ ...advance, kind: 'received', seq: 1, noted: true });
      await cursors.advance({ ...advance, kind: 'received', seq: 1, noted: true });
      await cursors.advance({ ...advance, kind: 'read', seq: 9, noted: true });
      const own = async (before: number) =>
        (await webhooks.notes(before, 100)).filter((note) => note.conv === conv);
      const first = { kind: 'message', conv, uid: alice, seq: 1, at: message.ts } as const;
      expect(await own(message.ts)).toEqual([]);
      expect(await own(now + 1)).toEqual([first]);
      const cursorNotes = [
        { kind: 'delivered', conv, uid: bob, seq: 1, at: now + 1 },
        { kind: 'delivered', conv, uid: bob, seq: 2, at: now + 1 },
        { kind: 'read', conv, uid: bob, seq: 2, at: now + 1 },
      ];
      const all = await own(now + 2);
      expect(all).toHaveLength(4);
      expect(all).toEqual(expect.arrayContaining([first, ...cursorNotes]));
      await webhooks.enqueue([event('told')], [], [first]);
      expect(await own(now + 1)).toEqual([]);
      expect(await waiting()).toEqual(['told']);
    });

    it('get events with the change of a group, or none with a change that is not made', async () => {
      const { aid, webhooks, event, waiting } = await setUp();
      const { groups } = tested.store;
      const group = await groups.create({
        aid,
        name: 'Band',
        flags: 0,
        settings: {},
        expiresAt: null,
        extendSeconds: 0,
        members: [],
        now,
        events: ({ gid, epoch }) => [event(`made ${gid === 0 ? 'none' : 'one'} ${epoch}`)],
      });
      expect(await waiting()).toEqual([`made one ${group.epoch}`]);
      await groups.change(group, { now, group: { name: 'Duo' }, events: [event('changed')] });
      // Decided on what is not so any more.
      await groups.change(group, { now, group: { name: 'Trio' }, events: [event('never')] });
      await groups.change((await groups.find(group.gid)) ?? group, {
        now,
        deleted: true,
        events: [event('deleted')],
      });
      expect(await waiting()).toEqual([`made one ${group.epoch}`, 'changed', 'deleted']);
      expect(await webhooks.waiting((await webhooks.all()).find((one) => one.aid === aid)?.id ?? 0, 9)).toBe(
        3,
      );
    });

    it('get events in their order, each once while it waits', async () => {
      const { webhooks, put, id, event, waiting } = await setUp();
      const other = (await put('other'))?.id ?? 0;
      const many = Array.from({ length: 250 }, (_, place) => event(`e${place}`));
      await webhooks.enqueue(many);
      await webhooks.enqueue([event('e3'), event('last'), event('e3', { webhook: other })]);
      expect(await waiting()).toEqual([...many.map((one) => one.event), 'last']);
      expect(await waiting(other)).toEqual(['e3']);
      expect(await webhooks.head(id, 1)).toEqual([
        { id: expect.any(Number), event: 'e0', at: now, body: '{"is":"e0"}' },
      ]);
      expect([await webhooks.waiting(id, 100), await webhooks.waiting(id, 1000)]).toEqual([100, 251]);
    });

    it('get nothing when they are gone, and lose what waited', async () => {
      const { aid, webhooks, event, waiting } = await setUp();
      await webhooks.enqueue([event('a')]);
      await webhooks.remove(aid, 'first');
      await webhooks.enqueue([event('b')]);
      expect(await waiting()).toEqual([]);
    });

    it('are served by one node at a time, until its time is over', async () => {
      const { webhooks, id, event } = await setUp();
      const due = async (node: string, at: number) => (await webhooks.due(node, at)).includes(id);
      const claim = (node: string, at: number, until: number) =>
        webhooks.claim({ webhook: id, node, now: at, until });
      expect(await due('a', now)).toBe(false);
      await webhooks.enqueue([event('a')]);
      expect(await due('a', now)).toBe(true);
      expect(await claim('a', now, now + 10)).toBe(true);
      expect([await due('a', now), await due('b', now), await due('b', now + 10)]).toEqual([
        true,
        false,
        true,
      ]);
      expect(await claim('b', now + 9, now + 20)).toBe(false);
      expect(await claim('a', now + 9, now + 12)).toBe(true);
      expect(await claim('b', now + 12, now + 20)).toBe(true);
      expect(await claim('a', now + 12, now + 20)).toBe(false);
      await claim('b', now + 13, 0);
      expect(await claim('a', now + 13, now + 20)).toBe(true);
    });

    it('wait after a failure until they may be tried again, and count failures', async () => {
      const { webhooks, put, id, event, waiting, settle } = await setUp();
      await webhooks.enqueue([event('a')]);
      await settle({ failures: 3, retryAt: now + 10 });
      const due = async (at: number) => (await webhooks.due('a', at)).includes(id);
      expect([await due(now + 9), await due(now + 10), await webhooks.failures(id)]).toEqual([
        false,
        true,
        3,
      ]);
      await put('first', { url: 'https://example.com/repaired' });
      expect([await due(now), await webhooks.failures(id), await waiting()]).toEqual([true, 0, ['a']]);
    });

    it('forget what is settled, and keep the newest attempts', async () => {
      const { webhooks, id, event, waiting, settle } = await setUp();
      await webhooks.enqueue([event('a'), event('b'), event('c')]);
      const done = (await webhooks.head(id, 2)).map((one) => one.id);
      const attempt = (at: number) => ({ at, ms: 5, status: 200, problem: null, events: 2, event: 'a' });
      await settle({ done, attempts: [attempt(1), { ...attempt(2), status: null, problem: 'late' }] });
      expect(await waiting()).toEqual(['c']);
      const [newest, oldest] = await webhooks.attempts({ webhook: id, limit: 5 });
      expect(newest).toEqual({
        id: newest?.id,
        at: 2,
        ms: 5,
        status: null,
        problem: 'late',
        events: 2,
        event: 'a',
      });
      expect(oldest).toMatchObject({ at: 1, status: 200 });
      expect(await webhooks.attempts({ webhook: id, before: newest?.id ?? 0, limit: 5 })).toEqual([oldest]);
      for (let at = 3; at < 10; at += 1) await settle({ attempts: [attempt(at)], keep: 4 });
      expect((await webhooks.attempts({ webhook: id, limit: 9 })).map(({ at }) => at)).toEqual([9, 8, 7, 6]);
    });

    it('know what is too old and too much', async () => {
      const { webhooks, id, event } = await setUp();
      await webhooks.enqueue([1, 2, 3, 4, 5].map((at) => event(`e${at}`, { at })));
      const overdue = async (before: number, keep: number, limit = 10) =>
        (await webhooks.overdue({ webhook: id, before, keep, limit })).map((one) => one.event);
      expect(await overdue(1, 5)).toEqual([]);
      expect(await overdue(3, 5)).toEqual(['e1', 'e2']);
      expect(await overdue(2, 2)).toEqual(['e1', 'e2', 'e3']);
      expect(await overdue(9, 0, 2)).toEqual(['e1', 'e2']);
    });

    it('come with checks of messages, which end together with what they find', async () => {
      const { webhooks, event, waiting } = await setUp();
      const mid = 1_000_000 + Number(process.hrtime.bigint() % 1_000_000_000n);
      await webhooks.enqueue([], [{ mid, dueAt: now + 10 }]);
      await webhooks.enqueue([event('a')], [{ mid, dueAt: now + 20 }]);
      const due = async (at: number) => (await webhooks.dueChecks(at, 1000)).includes(mid);
      expect([await due(now + 9), await due(now + 10)]).toEqual([false, true]);
      await webhooks.checked([mid], [event('offline')]);
      expect([await due(now + 10), await waiting()]).toEqual([false, ['a', 'offline']]);
    });

    it('are told when a user comes to the first node and leaves the last one', async () => {
      const { aid, webhooks, event, waiting } = await setUp();
      const uid = 1_000_000 + aid;
      const [one, other] = [`node-${aid}-a`, `node-${aid}-b`];
      await Promise.all([
        webhooks.userCame(uid, one, [event('online')]),
        webhooks.userCame(uid, other, [event('online too')]),
      ]);
      expect(await waiting()).toHaveLength(1);
      await webhooks.userCame(uid, one, [event('again')]);
      expect(await webhooks.nodeAfter(`node-${aid}-`)).toBe(one);
      expect(await webhooks.nodeAfter(one)).toBe(other);
      expect(await webhooks.usersOf(other, 10)).toEqual([uid]);
      await webhooks.userLeft(uid, one, [event('offline')]);
      expect(await waiting()).toHaveLength(1);
      await webhooks.userLeft(uid, other, [event('offline')]);
      expect((await waiting()).slice(1)).toEqual(['offline']);
      expect(await webhooks.usersOf(other, 10)).toEqual([]);
      // Who is told of twice, by two nodes that outlive a third one, has left once.
      await webhooks.userLeft(uid, other, [event('offline twice')]);
      expect(await waiting()).toHaveLength(2);
    });
  });
}

/** Everything that is done with webhooks. */
export async function useWebhooks(webhooks: WebhookStore, aid: number, uid: number): Promise<void> {
  const settings = { url: 'https://example.com/', secret: 's', events: [], form: 'v2', createdAt: now };
  const { id: webhook = 0 } = (await webhooks.put({ aid, name: 'a', ...settings }, 5)) ?? {};
  await webhooks.all();
  const event = { webhook, event: 'e', at: now, body: '{}' };
  await webhooks.enqueue([event], [{ mid: 1, dueAt: now }]);
  await webhooks.due('n', now);
  await webhooks.claim({ webhook, node: 'n', now, until: now });
  const done = (await webhooks.head(webhook, 1)).map(({ id }) => id);
  await webhooks.failures(webhook);
  await webhooks.overdue({ webhook, before: now, keep: 0, limit: 1 });
  const attempt = { at: now, ms: 1, status: null, problem: null, events: 1, event: 'e' };
  await webhooks.settle({ webhook, done, attempts: [attempt], keep: 1, failures: 0, retryAt: 0 });
  await webhooks.attempts({ webhook, limit: 1 });
  await webhooks.waiting(webhook, 1);
  await webhooks.dueChecks(now, 1);
  await webhooks.checked([1], [event]);
  await webhooks.userCame(uid, 'n', [event]);
  await webhooks.nodeAfter('');
  await webhooks.usersOf('n', 1);
  await webhooks.userLeft(uid, 'n', [event]);
  await webhooks.remove(aid, 'a');
}
