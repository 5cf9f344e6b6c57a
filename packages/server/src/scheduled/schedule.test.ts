import { join } from 'node:path';
import { adminFlags, limits, messageFlags } from '@stoa/protocol';
import {
  type MessageLog,
  type NewMessage,
  openSqliteStore,
  type ScheduleStore,
  type Store,
  StoreUnavailableError,
} from '@stoa/storage';
import {
  ManualClock,
  SocketClient,
  startTestNode,
  type TestNode,
  type TestUser,
  tempFolder,
} from '@stoa/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

describe('scheduled messages', () => {
  const clock = new ManualClock();
  let folder: ReturnType<typeof tempFolder>;
  let store: Store;
  /** Whether what was sent can be taken from the list. */
  let isForgetting = true;
  /** Called before a message is stored. */
  let appending = (_id: number | null): void => {};
  let server: TestNode;
  let alice: TestUser;
  let bob: TestUser;
  let users = 0;
  let requests = 0;
  const open: SocketClient[] = [];

  beforeAll(async () => {
    folder = tempFolder();
    store = await openSqliteStore({ path: join(folder.path, 'stoa.db') });
    const schedule: ScheduleStore = Object.create(store.schedule, {
      remove: {
        value: async (...sent: Parameters<ScheduleStore['remove']>) => {
          if (!isForgetting) throw new StoreUnavailableError('away');
          return store.schedule.remove(...sent);
        },
      },
    });
    const log: MessageLog = Object.create(store.log, {
      append: {
        value: async (message: NewMessage) => {
          appending(message.id);
          return store.log.append(message);
        },
      },
    });
    server = await startTestNode({
      clock,
      store: { ...store, schedule, log },
      env: { STOA_MESSAGES_PER_SECOND: '0' },
    });
  });
  afterAll(async () => {
    await server.close();
    folder.remove();
  });
  beforeEach(async () => {
    users += 1;
    alice = await server.addUser(`alice-${users}`);
    bob = await server.addUser(`bob-${users}`);
    return () => Promise.all(open.splice(0).map((client) => client.close()));
  });

  async function signIn(user: TestUser, device?: string): Promise<SocketClient> {
    const client = await SocketClient.open(server.url);
    open.push(client);
    await client.hello(user.token, device === undefined ? {} : { device });
    return client;
  }
  const send = (id: number, seconds: number, more: object = {}) => ({
    t: 'send',
    id,
    peer: bob.address,
    content: { text: `message ${id}` },
    at: clock.now() + seconds * 1000,
    ...more,
  });
  async function ask(client: SocketClient, op: string, body: object) {
    requests += 1;
    const id = requests;
    client.send({ t: 'request', id, op, body });
    return (await client.next('response', (response) => response.id === id)).body;
  }
  async function listed(client: SocketClient): Promise<{ id: number; failed?: string }[]> {
    return (await ask(client, 'scheduled.list', {})).messages as { id: number; failed?: string }[];
  }
  /** The list, as soon as all of them have failed. */
  async function failed(client: SocketClient) {
    for (;;) {
      const messages = await listed(client);
      if (messages.every((message) => message.failed !== undefined)) return messages;
    }
  }
  /** Time passes second by second, and everybody stays alive. */
  async function pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      clock.advance(1_000);
      for (const client of open) {
        client.send({ t: 'ping' });
        await client.next('pong');
      }
    }
  }

  it('are answered with their time, and reach all devices when it has come, the sending one too', async () => {
    const [from, second, to] = [await signIn(alice), await signIn(alice), await signIn(bob)];
    from.send(send(1, 3, { type: 7, localId: 9, age: { seconds: 60, from: 'sent' } }));
    expect(await from.next('scheduled')).toEqual({ t: 'scheduled', id: 1, at: clock.now() + 3_000 });
    await pass(2);
    expect(to.frames.filter(({ t }) => t === 'message')).toEqual([]);
    await pass(1);
    for (const client of [from, second, to]) {
      expect(await client.next('message')).toMatchObject({
        seq: 1,
        id: 1,
        ts: clock.now(),
        type: 7,
        localId: 9,
        age: { seconds: 60, from: 'sent' },
        content: { text: 'message 1' },
      });
    }
    // It is announced before it is taken from the list, lest a crash between the two leaves it unannounced.
    while ((await listed(from)).length > 0);
  });

  it('are kept and sent once, however often they are sent again', async () => {
    const device = 'device-of-alice-0001';
    const from = await signIn(alice, device);
    const frame = send(1, 5);
    from.send(frame);
    const answer = await from.next('scheduled');
    from.send({ ...frame, at: frame.at + 99_000 });
    expect(await from.next('scheduled')).toEqual(answer);
    await pass(5);
    const { mid } = await from.next('message');
    from.send(frame);
    expect(await from.next('sent')).toMatchObject({ id: 1, seq: 1, mid });
    from.send({ t: 'history', id: 1, peer: bob.address, limit: 10 });
    expect((await from.next('page')).messages).toHaveLength(1);
  });

  it('whose time has passed are sent at once', async () => {
    const from = await signIn(alice);
    from.send(send(1, -5), send(2, 0));
    expect(await from.next('sent')).toMatchObject({ id: 1, seq: 1 });
    expect(await from.next('sent')).toMatchObject({ id: 2, seq: 2 });
  });

  it('go out in the order of their times', async () => {
    const [from, to] = [await signIn(alice), await signIn(bob)];
    from.send(send(1, 3), send(2, 1), send(3, 2));
    await from.next('scheduled', ({ id }) => id === 3);
    clock.advance(4_000);
    const ids = [await to.next('message'), await to.next('message'), await to.next('message')];
    expect(ids.map(({ id }) => id)).toEqual([2, 3, 1]);
  });

  it('are not overtaken by the next one when they could not be stored for a moment', async () => {
    const [from, to] = [await signIn(alice), await signIn(bob)];
    const other = await signIn(await server.addUser(`carol-${users}`));
    const at = clock.now() + 1_000;
    from.send(send(1, 1, { at }), send(2, 1, { at }));
    await from.next('scheduled', ({ id }) => id === 2);
    other.send(send(3, 1, { at }));
    await other.next('scheduled');
    appending = (id) => {
      if (id !== 1) return;
      appending = () => {};
      throw new StoreUnavailableError('away');
    };
    clock.advance(1_000);
    // Those of others go on.
    expect(await to.next('message')).toMatchObject({ id: 3 });
    await pass(35);
    const ids = [await to.next('message'), await to.next('message')].map(({ id }) => id);
    expect(ids).toEqual([1, 2]);
  });

  it('are held up for a few minutes only by one that can never be stored', async () => {
    const [from, to] = [await signIn(alice), await signIn(bob)];
    const at = clock.now() + 1_000;
    from.send(send(1, 1, { at }), send(2, 1, { at }));
    await from.next('scheduled', ({ id }) => id === 2);
    let tries = 0;
    appending = (id) => {
      if (id !== 1) return;
      tries += 1;
      throw new Error('The database refused the change.');
    };
    // As often as it takes: a busy server may look more seldom than the clock goes.
    while (tries < 6) await pass(1);
    expect(await to.next('message')).toMatchObject({ id: 2 });
    appending = () => {};
    await pass(35);
    expect(await to.next('message')).toMatchObject({ id: 1 });
  });

  it('that fail for good do not hold up the next one', async () => {
    const [from, to] = [await signIn(alice), await signIn(bob)];
    const carol = await server.addUser(`carol-${users}`);
    const at = clock.now() + 1_000;
    from.send(send(1, 1, { at, peer: carol.address }), send(2, 1, { at }));
    await from.next('scheduled', ({ id }) => id === 2);
    await server.backend('userdel', { user: { uid: carol.uid } });
    clock.advance(1_000);
    expect(await to.next('message')).toMatchObject({ id: 2 });
    expect(await failed(from)).toMatchObject([{ id: 1, failed: 'INVALID_DESTINATION' }]);
  });

  it('are listed on every device of the sender, page by page, and nobody else’s', async () => {
    const [from, second, to] = [await signIn(alice), await signIn(alice), await signIn(bob)];
    const text = 'x'.repeat(20_000);
    from.send(
      ...Array.from({ length: 30 }, (_, index) => send(index + 1, 100 - index, { content: { text } })),
    );
    await from.next('scheduled', ({ id }) => id === 30);
    const ids: number[] = [];
    let cursor: unknown;
    let pages = 0;
    do {
      const page = await ask(second, 'scheduled.list', cursor === undefined ? {} : { cursor });
      ids.push(...(page.messages as { id: number }[]).map(({ id }) => id));
      cursor = page.cursor;
      pages += 1;
    } while (cursor !== undefined && pages < 10);
    expect(pages).toBeGreaterThan(1);
    expect(ids).toEqual(Array.from({ length: 30 }, (_, index) => 30 - index));
    expect(await listed(to)).toEqual([]);
  });

  it('can be cancelled from another device, once, and not by others', async () => {
    const [from, second, to] = [await signIn(alice), await signIn(alice), await signIn(bob)];
    from.send(send(1, 5));
    await from.next('scheduled');
    const [{ dev } = { dev: 0 }] = (await ask(second, 'scheduled.list', {})).messages as { dev: number }[];
    to.send({ t: 'request', id: 1, op: 'scheduled.cancel', body: { dev, id: 1 } });
    expect(await to.next('error')).toMatchObject({ code: 'NOT_FOUND' });
    expect(await ask(second, 'scheduled.cancel', { dev, id: 1 })).toEqual({});
    second.send({ t: 'request', id: 999, op: 'scheduled.cancel', body: { dev, id: 1 } });
    expect(await second.next('error')).toMatchObject({ code: 'NOT_FOUND', id: 999 });
    // The device that does not know yet sends it again: it stays cancelled.
    from.send(send(1, 5));
    await from.next('scheduled');
    await pass(6);
    expect(to.frames.filter(({ t }) => t === 'message')).toEqual([]);
  });

  it('are checked again when their time has come: they stay in the list with the reason', async () => {
    const [from, to] = [await signIn(alice), await signIn(bob)];
    const carol = await server.addUser(`carol-${users}`);
    from.send(send(1, 2), send(2, 2, { peer: carol.address }));
    await from.next('scheduled', ({ id }) => id === 2);
    await ask(to, 'state.set', { values: [{ key: `blocked:${alice.address}`, value: { messages: true } }] });
    await server.backend('userdel', { user: { uid: carol.uid } });
    await pass(3);
    expect((await failed(from)).map((one) => [one.id, one.failed])).toEqual([
      [1, 'BLOCKED'],
      [2, 'INVALID_DESTINATION'],
    ]);
    expect(to.frames.filter(({ t }) => t === 'message')).toEqual([]);
  });

  it('of a user who may not sign in any more are not sent', async () => {
    const [from, to] = [await signIn(alice), await signIn(bob)];
    const other = await signIn(await server.addUser(`carol-${users}`));
    from.send(send(1, 1));
    await from.next('scheduled');
    // Its turn comes when that of the first is over.
    other.send(send(1, 2));
    await other.next('scheduled');
    await server.backend('userset', { user: { uid: alice.uid, active: 0 } });
    await from.closed;
    open.splice(open.indexOf(from), 1);
    clock.advance(3_000);
    expect(await to.next('message')).toMatchObject({ from: `carol-${users}` });
    expect(to.frames.filter(({ t }) => t === 'message')).toEqual([]);
    await server.backend('userset', { user: { uid: alice.uid, active: 1 } });
    expect(await failed(await signIn(alice))).toMatchObject([{ id: 1, failed: 'SUSPENDED' }]);
  });

  it.each([
    ['a time too far ahead', { at: Number.MAX_SAFE_INTEGER }, 'BAD_FRAME'],
    ['a negative time', { at: -1 }, 'BAD_FRAME'],
    ['no time', { at: 'tomorrow' }, 'BAD_FRAME'],
    ['transience', { flags: messageFlags.transient }, 'BAD_FRAME'],
    ['a content that is too large', { content: { text: 'x'.repeat(70_000) } }, 'TOO_LARGE'],
    ['nobody as receiver', { peer: 'nobody' }, 'INVALID_DESTINATION'],
  ])('are refused with %s', async (_name, more, code) => {
    const from = await signIn(alice);
    from.send(send(1, 5, more));
    expect(await from.next('error')).toMatchObject({ code, of: 'send', id: 1 });
    expect(await listed(from)).toEqual([]);
  });

  it('are bounded in number, by an error that does not hold up what is sent after', async () => {
    const from = await signIn(alice);
    const ids = Array.from({ length: limits.scheduledPerUser + 1 }, (_, index) => index + 1);
    from.send(...ids.map((id) => send(id, 500)));
    const last = limits.scheduledPerUser + 1;
    expect(await from.next('error')).toMatchObject({ code: 'PERMISSION_DENIED', id: last });
    from.send({ t: 'send', id: last + 1, peer: bob.address, content: { text: 'now' } });
    expect(await from.next('sent')).toMatchObject({ id: last + 1 });
  });

  it('reach a group when its time has come, if the sender still may send there', async () => {
    const client = await signIn(alice);
    const reader = await signIn(bob);
    const { group } = (await ask(client, 'groups.create', { name: 'Band', members: [bob.address] })) as {
      group: { gid: number };
    };
    const { gid } = group;
    const toGroup = (id: number, seconds: number) => {
      const { peer: _, ...frame } = send(id, seconds);
      client.send({ ...frame, gid });
      return client.next('scheduled');
    };
    await toGroup(1, 5);
    await toGroup(2, 50);
    expect(await listed(client)).toMatchObject([
      { id: 1, gid },
      { id: 2, gid },
    ]);
    await pass(6);
    expect(await reader.next('message')).toMatchObject({ gid, content: { text: 'message 1' } });
    await ask(client, 'groups.leave', { gid });
    await pass(50);
    expect(await failed(client)).toMatchObject([{ id: 2, gid, failed: 'NOT_A_MEMBER' }]);
  });

  it('have not failed when they were sent, whatever has changed since', async () => {
    const client = await signIn(alice);
    const body = { name: 'Band', members: [bob.address] };
    const { group } = (await ask(client, 'groups.create', body)) as { group: { gid: number } };
    const { gid } = group;
    const { peer: _, ...frame } = send(1, 1);
    client.send({ ...frame, gid });
    await client.next('scheduled');
    isForgetting = false;
    await pass(2);
    await client.next('message', (message) => message.gid === gid);
    await ask(client, 'groups.leave', { gid });
    isForgetting = true;
    // Half a minute later it is taken up again.
    await pass(35);
    for (;;) {
      const [first] = await listed(client);
      expect(first?.failed).toBeUndefined();
      if (first === undefined) return;
    }
  });

  it('have failed when their id was used meanwhile for a message to somebody else', async () => {
    const from = await signIn(alice);
    from.send(send(1, 2));
    await from.next('scheduled');
    from.send({ t: 'send', id: 1, peer: alice.address, content: { text: 'a note' } });
    await from.next('sent');
    await pass(3);
    expect(await failed(from)).toMatchObject([{ id: 1, failed: 'CONFLICT' }]);
  });

  it('that call upon all members are for those who may when their time has come', async () => {
    const [owner, client] = [await signIn(alice), await signIn(bob)];
    const { group } = (await ask(owner, 'groups.create', { name: 'Band' })) as { group: { gid: number } };
    const { gid } = group;
    const users = [bob.address];
    await ask(owner, 'groups.members.add', { gid, users, admin: adminFlags.modify });
    const mentions = [{ start: 0, length: 4, all: true }];
    const { peer: _, ...frame } = send(1, 5, { content: { text: '@all', mentions } });
    client.send({ ...frame, gid });
    await client.next('scheduled');
    await ask(owner, 'groups.members.update', { gid, users, admin: 0 });
    await pass(6);
    expect(await failed(client)).toMatchObject([{ id: 1, gid, failed: 'PERMISSION_DENIED' }]);
  });
});
