import { messageFlags } from '@stoa/protocol';
import {
  ManualClock,
  SocketClient,
  startTestNode,
  type TestNode,
  type TestUser,
  testAdminPassword,
} from '@stoa/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

describe('edits and recalls', () => {
  const clock = new ManualClock();
  let server: TestNode;
  let alice: TestUser;
  let bob: TestUser;
  let from: SocketClient;
  let to: SocketClient;
  let users = 0;
  const open: SocketClient[] = [];

  beforeAll(async () => {
    server = await startTestNode({ clock, env: { STOA_RECALL_SECONDS: '60', STOA_EDIT_SECONDS: '120' } });
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    users += 1;
    alice = await server.addUser(`alice-${users}`);
    bob = await server.addUser(`bob-${users}`);
    [from, to] = [await signIn(alice), await signIn(bob)];
    return () => Promise.all(open.splice(0).map((client) => client.close()));
  });

  async function signIn(user: TestUser, device?: string): Promise<SocketClient> {
    const client = await SocketClient.open(server.url);
    open.push(client);
    await client.hello(user.token, device === undefined ? {} : { device });
    return client;
  }

  const text = (value: string) => ({ content: { text: value } });
  const send = (client: SocketClient, id: number, more: object) =>
    client.send({ t: 'send', id, peer: client === to ? alice.address : bob.address, ...more });
  const edit = (target: number, value: string) => ({ event: 'edit', target, ...text(value) });
  const recall = (target: number) => ({ event: 'recall', target, content: {} });

  /** Alice sends one message, which is answered before it goes on. */
  async function sendOne(
    value = 'first',
    more: object = {},
  ): Promise<{ conv: number; mid: number; seq: number }> {
    send(from, 1, { ...text(value), ...more });
    return from.next('sent');
  }
  async function historyOf(client: SocketClient) {
    client.send({ t: 'history', id: 1, peer: client === to ? alice.address : bob.address, limit: 20 });
    return (await client.next('page')).messages;
  }

  it('reach the receiver and the sender’s other devices in the order of the log, and count as sent', async () => {
    const second = await signIn(alice);
    const { conv } = await sendOne();
    send(from, 2, edit(1, 'second'));
    expect(await from.next('sent', ({ id }) => id === 2)).toMatchObject({ conv, seq: 2 });
    for (const client of [to, second]) {
      expect(await client.next('message')).toMatchObject({ seq: 1, ...text('first') });
      const change = await client.next('message');
      expect(change).toMatchObject({ seq: 2, event: 'edit', target: 1, ...text('second'), id: 2 });
      expect(change).not.toHaveProperty('expires');
    }
    send(from, 3, recall(1));
    expect(await to.next('message')).toMatchObject({ seq: 3, event: 'recall', target: 1, content: {} });
  });

  it('change what is read later: history, and a device that was away', async () => {
    const sent = await sendOne();
    send(from, 2, { ...text('other') });
    await from.next('sent', ({ id }) => id === 2);
    send(from, 3, edit(1, 'new'));
    send(from, 4, recall(2));
    const { ts } = await from.next('sent', ({ id }) => id === 4);
    const late = await signIn(bob);
    const expected = [
      { seq: 1, mid: sent.mid, ...text('new'), edited: ts },
      { seq: 2, gone: 'recalled' },
      { seq: 3, event: 'edit', target: 1, ...text('new') },
      { seq: 4, event: 'recall', target: 2, content: {} },
    ];
    for (const message of expected) expect(await late.next('message')).toMatchObject(message);
    const page = await historyOf(from);
    expect(page).toMatchObject(expected);
    expect(page[1]).not.toHaveProperty('content');
  });

  it('leave nothing of an edit once the message is recalled', async () => {
    await sendOne();
    send(from, 2, edit(1, 'secret'));
    send(from, 3, recall(1));
    await from.next('sent', ({ id }) => id === 3);
    const page = await historyOf(to);
    expect(page[1]).toMatchObject({ seq: 2, event: 'edit', gone: 'recalled' });
    expect(JSON.stringify(page)).not.toContain('secret');
  });

  it('are stored once when they are sent again, also when their time is over', async () => {
    const device = 'device-of-alice-0001';
    const first = await signIn(alice, device);
    send(first, 1, text('one'));
    await first.next('sent');
    send(first, 2, recall(1));
    const sent = await first.next('sent');
    clock.jump(200_000);
    await first.closed;
    const again = await signIn(alice, device);
    send(again, 2, recall(1));
    expect(await again.next('sent')).toEqual(sent);
    expect(await historyOf(again)).toHaveLength(2);
  });

  it.each([
    ['an edit after two minutes', edit(1, 'late'), 121_000, 'TOO_LATE'],
    ['a recall after a minute', recall(1), 61_000, 'TOO_LATE'],
    ['an edit of what is not there', edit(7, 'x'), 0, 'NOT_FOUND'],
    ['a recall of what is not there', recall(7), 0, 'NOT_FOUND'],
  ])('refuse %s', async (_name, change, wait, code) => {
    await sendOne();
    clock.jump(wait);
    const client = wait > 0 ? await signIn(alice) : from;
    send(client, 2, change);
    expect(await client.next('error')).toMatchObject({ of: 'send', id: 2, code });
    expect(await historyOf(client)).toHaveLength(1);
  });

  it('are allowed until the last moment', async () => {
    await sendOne();
    clock.jump(120_000);
    const client = await signIn(alice);
    send(client, 2, edit(1, 'in time'));
    expect(await client.next('sent')).toMatchObject({ seq: 2 });
  });

  it('refuse to change what another one sent', async () => {
    await sendOne();
    for (const [index, change] of [edit(1, 'mine'), recall(1)].entries()) {
      send(to, index + 1, change);
      expect(await to.next('error')).toMatchObject({ code: 'PERMISSION_DENIED', id: index + 1 });
    }
    expect(await historyOf(to)).toMatchObject([text('first')]);
  });

  it('refuse to change events and what is gone', async () => {
    await sendOne();
    send(from, 2, edit(1, 'second'));
    send(from, 3, edit(2, 'third'));
    expect(await from.next('error')).toMatchObject({ code: 'NOT_FOUND', id: 3 });
    send(from, 4, recall(1));
    await from.next('sent', ({ id }) => id === 4);
    send(from, 5, edit(1, 'again'));
    expect(await from.next('error')).toMatchObject({ code: 'NOT_FOUND', id: 5 });
  });

  it('refuse a message of another conversation', async () => {
    await sendOne();
    const carol = await server.addUser(`carol-${users}`);
    from.send({ t: 'send', id: 2, peer: carol.address, ...edit(1, 'x') });
    expect(await from.next('error')).toMatchObject({ code: 'NOT_FOUND' });
  });

  it.each([
    ['without target', { event: 'edit', ...text('x') }, '"event" and "target"'],
    ['with an unknown event', { event: 'burn', target: 1, ...text('x') }, '"send.event"'],
    ['without content', { event: 'edit', target: 1, content: {} }, 'must not be empty'],
    ['with an age', { ...edit(1, 'x'), age: { seconds: 1, from: 'sent' } }, '"send.age"'],
    ['with a time', { ...edit(1, 'x'), at: 1 }, '"send.at"'],
    ['that are transient', { ...edit(1, 'x'), flags: messageFlags.transient }, 'transient'],
  ])('refuse events %s', async (_name, change, message) => {
    await sendOne();
    send(from, 2, change);
    const error = await from.next('error');
    expect(error).toMatchObject({ code: 'BAD_FRAME', id: 2 });
    expect(error.message).toContain(message);
  });

  it('follow the settings of the app', async () => {
    await sendOne();
    const set = async (retraction: object) => {
      const response = await fetch(`${server.url}/v1/apps/1`, {
        method: 'PATCH',
        headers: {
          'content-type': 'application/json',
          authorization: `Basic ${Buffer.from(`admin:${testAdminPassword}`).toString('base64')}`,
        },
        body: JSON.stringify({ settings: { retraction } }),
      });
      return response.status;
    };
    await set({ policy: 'never' });
    send(from, 2, edit(1, 'x'));
    expect(await from.next('error')).toMatchObject({ code: 'PERMISSION_DENIED' });
    await set({ policy: 'unread' });
    send(from, 3, edit(1, 'second'));
    const { conv } = await from.next('sent', ({ id }) => id === 3);
    to.send({ t: 'read', conv, seq: 1 });
    await from.next('receipt', ({ read }) => read === 1);
    send(from, 4, edit(1, 'third'));
    expect(await from.next('error')).toMatchObject({ code: 'TOO_LATE' });
    await set({ recallSeconds: 0 });
    clock.jump(10 * 24 * 3600_000);
    const later = await signIn(alice);
    send(later, 5, recall(1));
    expect(await later.next('sent')).toMatchObject({ seq: 3 });
    expect(await set({ policy: 'sometimes' })).toBe(400);
    expect(await set({ editSeconds: -1 })).toBe(400);
    expect(await set({})).toBe(200);
  });

  it('do not count as messages that were read or delivered: receipts go on as before', async () => {
    const { conv } = await sendOne();
    send(from, 2, edit(1, 'second'));
    await to.next('message', ({ seq }) => seq === 2);
    to.send({ t: 'received', conv, seq: 2 });
    expect(await from.next('receipt')).toMatchObject({ delivered: 2 });
  });
});
