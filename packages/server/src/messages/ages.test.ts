import { ManualClock, SocketClient, startTestNode, type TestNode, type TestUser } from '@stoa/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

describe('disappearing messages', () => {
  const clock = new ManualClock();
  let server: TestNode;
  let alice: TestUser;
  let bob: TestUser;
  let users = 0;
  const open: SocketClient[] = [];

  beforeAll(async () => {
    server = await startTestNode({ clock });
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    users += 1;
    alice = await server.addUser(`alice-${users}`);
    bob = await server.addUser(`bob-${users}`);
    return () => Promise.all(open.splice(0).map((client) => client.close()));
  });

  async function signIn(user: TestUser): Promise<SocketClient> {
    const client = await SocketClient.open(server.url);
    open.push(client);
    await client.hello(user.token);
    return client;
  }

  const aged = (id: number, age: object, more: object = {}) => ({
    t: 'send',
    id,
    peer: bob.address,
    content: { text: `message ${id}` },
    age,
    ...more,
  });

  /** What a new connection of Alice reads of the conversation. */
  async function read() {
    const client = await signIn(alice);
    client.send({ t: 'history', id: 1, peer: bob.address, limit: 20 });
    return (await client.next('page')).messages.map(({ seq, content, gone }) => ({ seq, content, gone }));
  }

  it('carry their age to everybody', async () => {
    const [from, to] = [await signIn(alice), await signIn(bob)];
    const age = { seconds: 30, from: 'read' };
    from.send(aged(1, age));
    expect(await to.next('message')).toMatchObject({ age });
    to.send({ t: 'history', id: 1, peer: alice.address, limit: 20 });
    expect((await to.next('page')).messages).toMatchObject([{ age, content: { text: 'message 1' } }]);
  });

  it('are withheld from the moment on, before the server has swept them', async () => {
    const from = await signIn(alice);
    from.send(aged(1, { seconds: 30, from: 'sent' }), aged(2, { seconds: 3000, from: 'sent' }));
    await from.next('sent', ({ id }) => id === 2);
    clock.jump(29_000);
    expect(await read()).toMatchObject([{ content: { text: 'message 1' } }, {}]);
    clock.jump(1_000);
    expect(await read()).toEqual([
      { seq: 1, content: undefined, gone: 'disappeared' },
      { seq: 2, content: { text: 'message 2' }, gone: undefined },
    ]);
  });

  it('take the contents of their edits along', async () => {
    const from = await signIn(alice);
    from.send(aged(1, { seconds: 30, from: 'sent' }));
    await from.next('sent');
    from.send({ t: 'send', id: 2, peer: bob.address, event: 'edit', target: 1, content: { text: 'edited' } });
    await from.next('sent');
    clock.jump(30_000);
    expect(await read()).toMatchObject([{ gone: 'disappeared' }, { seq: 2, gone: 'disappeared' }]);
    const client = await signIn(alice);
    client.send({ t: 'send', id: 1, peer: bob.address, event: 'edit', target: 1, content: { text: 'more' } });
    expect(await client.next('error')).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('count from the receipt, whatever the time in which the server sweeps', async () => {
    const [from, to] = [await signIn(alice), await signIn(bob)];
    from.send(aged(1, { seconds: 5, from: 'delivered' }), aged(2, { seconds: 5, from: 'read' }));
    const { conv } = await to.next('message', ({ seq }) => seq === 2);
    to.send({ t: 'received', conv, seq: 2 });
    await from.next('receipt');
    clock.jump(5_000);
    expect(await read()).toMatchObject([{ gone: 'disappeared' }, { content: { text: 'message 2' } }]);
    const again = await signIn(bob);
    again.send({ t: 'read', conv, seq: 2 });
    const watching = await signIn(alice);
    await watching.next('conversation');
    await until(watching, conv);
    clock.jump(4_000);
    expect(await read()).toMatchObject([{}, { content: { text: 'message 2' } }]);
    clock.jump(61_000);
    expect(await read()).toMatchObject([{ gone: 'disappeared' }, { gone: 'disappeared' }]);
  });

  it('in groups count from the first other member who has read them', async () => {
    const [from, to] = [await signIn(alice), await signIn(bob)];
    from.send({ t: 'request', id: 1, op: 'groups.create', body: { name: 'g', members: [bob.address] } });
    const { group } = (await from.next('response')).body as { group: { gid: number } };
    await to.next('group');
    const { peer: _, ...message } = aged(1, { seconds: 5, from: 'read' });
    from.send({ ...message, gid: group.gid });
    const { conv } = await to.next('message');
    clock.jump(60_000);
    const history = async () => {
      const client = await signIn(alice);
      client.send({ t: 'history', id: 1, gid: group.gid, limit: 9 });
      return (await client.next('page')).messages;
    };
    expect(await history()).toMatchObject([{ content: { text: 'message 1' } }]);
    const reading = await signIn(bob);
    await reading.next('message');
    const watching = await signIn(alice);
    await watching.next('synced');
    reading.send({ t: 'read', conv, seq: 1 }, { t: 'history', id: 1, gid: group.gid, limit: 1 });
    await reading.next('page');
    clock.jump(1_000);
    await watching.next('receipts');
    clock.jump(6_000);
    expect(await history()).toMatchObject([{ gone: 'disappeared' }]);
  });

  /** The reading is stored: it is told, or was known already. */
  async function until(client: SocketClient, conv: number): Promise<void> {
    client.send({ t: 'request', id: 1, op: 'message.receipts', body: { conv, seq: 2 } });
    await client.next('response');
  }

  it.each([
    [{ seconds: 0, from: 'sent' }],
    [{ seconds: 1.5, from: 'sent' }],
    [{ seconds: 31_536_001, from: 'sent' }],
    [{ seconds: 5, from: 'birth' }],
    [{ seconds: 5 }],
    [7],
  ])('with the age %o are refused', async (age) => {
    const from = await signIn(alice);
    from.send(aged(1, age as object));
    expect(await from.next('error')).toMatchObject({ code: 'BAD_FRAME', id: 1 });
  });
});
