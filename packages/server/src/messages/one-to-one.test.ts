import { messageFlags } from '@stoa/protocol';
import { SocketClient, startTestNode, type TestNode, type TestUser } from '@stoa/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

describe('one-to-one messages', () => {
  let server: TestNode;
  let alice: TestUser;
  let bob: TestUser;
  let users = 0;

  beforeAll(async () => {
    server = await startTestNode();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    users += 1;
    alice = await server.addUser(`alice-${users}`);
    bob = await server.addUser(`bob-${users}`);
  });

  async function signIn(user: TestUser, device?: string): Promise<SocketClient> {
    const client = await SocketClient.open(server.url);
    await client.hello(user.token, device === undefined ? {} : { device });
    return client;
  }

  const text = (value: string) => ({ content: { text: value } });

  it('are acknowledged with id, place and time, and reach the receiver as they were sent', async () => {
    const [from, to] = [await signIn(alice), await signIn(bob)];
    from.send({ t: 'send', id: 1, peer: bob.address, type: 7, localId: 99, ref: 5, ...text('hello') });
    const sent = await from.next('sent');
    const message = await to.next('message');
    expect(sent).toMatchObject({ id: 1, seq: 1 });
    expect(message).toMatchObject({
      conv: sent.conv,
      seq: 1,
      mid: sent.mid,
      ts: sent.ts,
      from: alice.address,
      to: bob.address,
      type: 7,
      localId: 99,
      ref: 5,
      id: 1,
      ...text('hello'),
    });
    await Promise.all([from.close(), to.close()]);
  });

  it('keep unknown fields of their content and bytes unchanged', async () => {
    const [from, to] = [await signIn(alice), await signIn(bob)];
    const content = {
      data: Uint8Array.of(0, 255, 7),
      fields: { deep: { list: [1, null, true] } },
      future: 'kept',
    };
    from.send({ t: 'send', id: 1, peer: bob.address, content });
    const message = await to.next('message');
    expect(message.content).toEqual(content);
    await Promise.all([from.close(), to.close()]);
  });

  it('keep the order of the frames, to several receivers at once', async () => {
    const from = await signIn(alice);
    const carol = await server.addUser(`carol-${users}`);
    const receivers = [bob, carol];
    const clients = await Promise.all(receivers.map((user) => signIn(user)));
    const frames = Array.from({ length: 200 }, (_, index) => ({
      t: 'send',
      id: index + 1,
      peer: receivers[index % 2]?.address,
      ...text(String(index)),
    }));
    from.send(...frames);
    for (const [which, client] of clients.entries()) {
      for (let seq = 1; seq <= 100; seq += 1) {
        const message = await client.next('message');
        expect(message).toMatchObject({ seq, ...text(String((seq - 1) * 2 + which)) });
      }
    }
    await Promise.all([from, ...clients].map((client) => client.close()));
  });

  it('reach the other devices of the sender, but not the one that sent them', async () => {
    const [first, second] = [await signIn(alice), await signIn(alice)];
    first.send({ t: 'send', id: 1, peer: bob.address, ...text('from the first') });
    second.send({ t: 'send', id: 1, peer: bob.address, ...text('from the second') });
    expect(await second.next('message')).toMatchObject(text('from the first'));
    expect(await first.next('message')).toMatchObject(text('from the second'));
    first.send({ t: 'ping' });
    await first.next('pong');
    expect(first.frames.filter(({ t }) => t === 'message')).toEqual([]);
    await Promise.all([first.close(), second.close()]);
  });

  it('are stored once when they are sent again, also over another connection', async () => {
    const device = 'device-of-alice-0001';
    const first = await signIn(alice, device);
    first.send({ t: 'send', id: 1, peer: bob.address, ...text('once') });
    const sent = await first.next('sent');
    first.send({ t: 'send', id: 1, peer: bob.address, ...text('once') });
    expect(await first.next('sent')).toEqual(sent);
    await first.close();
    const again = await signIn(alice, device);
    again.send({ t: 'send', id: 1, peer: bob.address, ...text('once') });
    expect(await again.next('sent')).toEqual(sent);
    again.send({ t: 'history', id: 2, peer: bob.address, limit: 10 });
    expect((await again.next('page')).messages).toHaveLength(1);
    await again.close();
  });

  it('whose id was used for somebody else are refused, not swallowed', async () => {
    const from = await signIn(alice);
    const carol = await server.addUser(`carol-${users}`);
    from.send({ t: 'send', id: 1, peer: bob.address, ...text('for bob') });
    await from.next('sent');
    from.send({ t: 'send', id: 1, peer: carol.address, ...text('for carol') });
    expect(await from.next('error')).toMatchObject({ code: 'CONFLICT', id: 1 });
    from.send({ t: 'request', id: 1, op: 'groups.create', body: { name: 'Band' } });
    const { gid } = (await from.next('response')).body.group as { gid: number };
    from.send({ t: 'send', id: 2, gid, ...text('for the band') });
    await from.next('sent', ({ id }) => id === 2);
    from.send({ t: 'send', id: 2, peer: bob.address, ...text('for bob') });
    expect(await from.next('error', ({ id }) => id === 2)).toMatchObject({ code: 'CONFLICT' });
    await from.close();
  });

  it('wait for a receiver who is away, in order', async () => {
    const from = await signIn(alice);
    from.send(...[1, 2, 3].map((id) => ({ t: 'send', id, peer: bob.address, ...text(`${id}`) })));
    await from.next('sent', ({ id }) => id === 3);
    const to = await signIn(bob);
    const state = await to.next('conversation');
    expect(state).toMatchObject({ peer: alice.address, name: alice.address, last: 3, from: 0, read: 0 });
    for (const seq of [1, 2, 3]) expect(await to.next('message')).toMatchObject({ seq });
    expect((await to.next('synced')).position).toBeGreaterThan(0);
    await Promise.all([from.close(), to.close()]);
  });

  it('are not streamed again to a device that acknowledged them, but are to another one', async () => {
    const from = await signIn(alice);
    const device = 'device-of-bob-000001';
    const to = await signIn(bob, device);
    from.send({ t: 'send', id: 1, peer: bob.address, ...text('one') });
    const { conv } = await to.next('message');
    to.send({ t: 'received', conv, seq: 1 });
    await from.next('receipt', ({ delivered }) => delivered === 1);
    await to.close();
    const again = await signIn(bob, device);
    await again.next('synced');
    expect(again.frames.filter(({ t }) => t === 'message')).toEqual([]);
    const other = await signIn(bob);
    expect(await other.next('message')).toMatchObject(text('one'));
    await Promise.all([from, again, other].map((client) => client.close()));
  });

  it('that are transient reach connected devices only and are never stored', async () => {
    const [from, second, to] = [await signIn(alice), await signIn(alice), await signIn(bob)];
    const flags = messageFlags.transient;
    from.send({ t: 'send', id: 1, peer: bob.address, flags, ...text('now or never') });
    expect(await from.next('sent')).toMatchObject({ id: 1, conv: 0, seq: 0 });
    expect(await to.next('message')).toMatchObject({ conv: 0, seq: 0, flags, ...text('now or never') });
    expect(await second.next('message')).toMatchObject({ seq: 0 });
    from.send({ t: 'history', id: 2, peer: bob.address, limit: 10 });
    expect((await from.next('page')).messages).toEqual([]);
    expect(from.frames.filter(({ t }) => t === 'message')).toEqual([]);
    await Promise.all([from, second, to].map((client) => client.close()));
  });

  it('to nobody or to a group that does not exist are refused with their id', async () => {
    const from = await signIn(alice);
    from.send({ t: 'send', id: 7, peer: 'nobody', ...text('?') }, { t: 'send', id: 8, gid: 4, ...text('?') });
    expect(await from.next('error')).toMatchObject({ code: 'INVALID_DESTINATION', of: 'send', id: 7 });
    expect(await from.next('error')).toMatchObject({ code: 'INVALID_DESTINATION', of: 'send', id: 8 });
    await from.close();
  });

  it('to a user who was removed are refused, also after his old messages were read', async () => {
    const [from, to] = [await signIn(alice), await signIn(bob)];
    to.send({ t: 'send', id: 1, peer: alice.address, ...text('before') });
    await from.next('message');
    from.send({ t: 'send', id: 1, peer: bob.address, ...text('fine') });
    await from.next('sent');
    await server.backend('userdel', { user: { uid: bob.uid } });
    await to.closed;
    // A new device reads the conversation, and with it who he was.
    const late = await signIn(alice);
    await late.next('message', ({ seq }) => seq === 2);
    from.send({ t: 'send', id: 2, peer: bob.address, ...text('too late') });
    expect(await from.next('error')).toMatchObject({ code: 'INVALID_DESTINATION', id: 2 });
    await Promise.all([from.close(), late.close()]);
  });

  it('that are too large are refused, the connection stays', async () => {
    const from = await signIn(alice);
    from.send({ t: 'send', id: 1, peer: bob.address, ...text('x'.repeat(70_000)) });
    expect(await from.next('error')).toMatchObject({ code: 'TOO_LARGE', id: 1 });
    from.send({ t: 'send', id: 2, peer: bob.address, ...text('fits') });
    expect(await from.next('sent')).toMatchObject({ id: 2, seq: 1 });
    await from.close();
  });

  it('to oneself are notes: one place, one copy', async () => {
    const [first, second] = [await signIn(alice), await signIn(alice)];
    first.send({ t: 'send', id: 1, peer: alice.address, ...text('note') });
    expect(await first.next('sent')).toMatchObject({ seq: 1 });
    expect(await second.next('message')).toMatchObject({ from: alice.address, to: alice.address });
    await Promise.all([first.close(), second.close()]);
  });

  it('of a removed user keep his name, and his address begins a new conversation', async () => {
    const to = await signIn(bob);
    const from = await signIn(alice);
    from.send({ t: 'send', id: 1, peer: bob.address, ...text('before') });
    const before = await to.next('message');
    await server.backend('userdel', { user: { uid: alice.uid } });
    expect((await from.closed).code).toBeGreaterThanOrEqual(4500);
    const anew = await server.addUser(alice.address);
    const fresh = await signIn(anew);
    await fresh.next('synced');
    expect(fresh.frames.filter(({ t }) => t === 'conversation')).toEqual([]);
    fresh.send({ t: 'send', id: 1, peer: bob.address, ...text('after') });
    const after = await to.next('message');
    expect(after).toMatchObject({ from: alice.address, seq: 1 });
    expect(after.conv).not.toBe(before.conv);
    // A new device of his peer hears of the living one only: both have the same address.
    const other = await signIn(bob);
    await other.next('synced');
    const listed = other.frames.flatMap((frame) => (frame.t === 'conversation' ? [frame.conv] : []));
    expect(listed).toEqual([after.conv]);
    await Promise.all([to, fresh, other].map((client) => client.close()));
  });
});
