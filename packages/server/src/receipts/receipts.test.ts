import { SocketClient, startTestNode, type TestNode, type TestUser } from '@stoa/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

describe('receipts', () => {
  let server: TestNode;
  let alice: TestUser;
  let bob: TestUser;
  let from: SocketClient;
  let to: SocketClient;
  let conv: number;
  let users = 0;

  beforeAll(async () => {
    server = await startTestNode();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    users += 1;
    alice = await server.addUser(`alice-${users}`);
    bob = await server.addUser(`bob-${users}`);
    from = await signIn(alice);
    to = await signIn(bob);
    from.send(...[1, 2, 3].map((id) => ({ t: 'send', id, peer: bob.address, content: { text: `${id}` } })));
    conv = (await to.next('message', ({ seq }) => seq === 3)).conv;
    return async () => {
      await Promise.all([from.close(), to.close()]);
    };
  });

  async function signIn(user: TestUser): Promise<SocketClient> {
    const client = await SocketClient.open(server.url);
    await client.hello(user.token);
    return client;
  }

  describe('of one message', () => {
    async function receiptsOf(client: SocketClient, body: object) {
      client.send({ t: 'request', id: 7, op: 'message.receipts', body });
      return (await client.next('response', ({ id }) => id === 7)).body.receipts;
    }

    it('tell when it was delivered and read', async () => {
      expect(await receiptsOf(from, { conv, seq: 1 })).toEqual([{ user: bob.address }]);
      to.send({ t: 'received', conv, seq: 2 });
      const delivered = await from.next('receipt');
      to.send({ t: 'read', conv, seq: 1 });
      const read = await from.next('receipt');
      expect(await receiptsOf(from, { conv, seq: 1 })).toEqual([
        { user: bob.address, deliveredAt: delivered.ts, readAt: read.ts },
      ]);
      expect(await receiptsOf(from, { conv, seq: 2 })).toEqual([
        { user: bob.address, deliveredAt: delivered.ts },
      ]);
      expect(await receiptsOf(to, { conv, seq: 3 })).toEqual([{ user: bob.address }]);
    });

    it('are none in notes to oneself', async () => {
      from.send({ t: 'send', id: 9, peer: alice.address, content: { text: 'note' } });
      const sent = await from.next('sent', ({ id }) => id === 9);
      expect(await receiptsOf(from, { conv: sent.conv, seq: 1 })).toEqual([]);
    });

    it('are refused for what is not there and for conversations of others, in the same words', async () => {
      const carol = await signIn(await server.addUser(`carol-${users}`));
      const refusals: string[] = [];
      for (const [client, body] of [
        [carol, { conv, seq: 1 }],
        [carol, { conv: 999_999, seq: 1 }],
        [from, { conv, seq: 4 }],
      ] as const) {
        client.send({ t: 'request', id: 1, op: 'message.receipts', body });
        const { code, message } = await client.next('error');
        refusals.push(`${code} ${message.replaceAll(/\d+/g, 'n')}`);
      }
      expect(new Set(refusals).size).toBe(1);
      expect(refusals[0]).toMatch(/^NOT_FOUND/);
      await carol.close();
    });

    it.each([[{}], [{ conv: 1 }], [{ conv: 0, seq: 1 }], [{ conv: 1, seq: '1' }]])(
      'are refused when they are asked for with %o',
      async (body) => {
        from.send({ t: 'request', id: 1, op: 'message.receipts', body });
        expect(await from.next('error')).toMatchObject({ code: 'BAD_FRAME', of: 'request', id: 1 });
      },
    );
  });

  it('say delivered when a device stored the message, read when it was read', async () => {
    to.send({ t: 'received', conv, seq: 2 });
    expect(await from.next('receipt')).toMatchObject({ conv, user: bob.address, delivered: 2 });
    to.send({ t: 'read', conv, seq: 3 });
    expect(await from.next('receipt')).toMatchObject({ delivered: 3, read: 3 });
  });

  it('never go back and are not repeated', async () => {
    to.send(
      { t: 'received', conv, seq: 3 },
      { t: 'received', conv, seq: 1 },
      { t: 'received', conv, seq: 3 },
    );
    expect(await from.next('receipt')).toMatchObject({ delivered: 3 });
    to.send({ t: 'read', conv, seq: 1 });
    expect(await from.next('receipt')).toMatchObject({ read: 1 });
    expect(from.frames.filter(({ t }) => t === 'receipt')).toEqual([]);
  });

  it('do not reach beyond the newest message', async () => {
    to.send({ t: 'received', conv, seq: 999 });
    expect(await from.next('receipt')).toMatchObject({ delivered: 3 });
    from.send({ t: 'send', id: 4, peer: bob.address, content: { text: '4' } });
    await from.next('sent', ({ id }) => id === 4);
    expect(from.frames.filter(({ t }) => t === 'receipt')).toEqual([]);
  });

  it('reach a sender who was away when he comes back', async () => {
    await from.close();
    to.send(
      { t: 'read', conv, seq: 2 },
      { t: 'received', conv, seq: 3 },
      { t: 'history', id: 1, peer: alice.address, limit: 1 },
    );
    await to.next('page');
    from = await signIn(alice);
    const state = await from.next('conversation');
    expect(state.peerCursor).toMatchObject({ delivered: 3, read: 2 });
    expect(state.peerCursor?.readAt).toBeGreaterThan(0);
  });

  it('clear unread marks on the reader’s other devices; a silent read tells nobody else', async () => {
    const second = await signIn(bob);
    to.send({ t: 'read', conv, seq: 3, receipt: false });
    expect(await second.next('receipt')).toMatchObject({ conv, user: bob.address, read: 3 });
    // The sender learns of the delivery that reading implies, but not of the reading.
    const receipt = await from.next('receipt');
    expect(receipt).toMatchObject({ delivered: 3 });
    expect(receipt.read).toBeUndefined();
    const third = await signIn(bob);
    expect(await third.next('conversation')).toMatchObject({ read: 3 });
    await Promise.all([second.close(), third.close()]);
  });

  it('for conversations of others change nothing and tell nothing', async () => {
    const mallory = await signIn(await server.addUser(`mallory-${users}`));
    mallory.send(
      { t: 'received', conv, seq: 3 },
      { t: 'read', conv, seq: 3 },
      { t: 'received', conv: 999_999, seq: 1 },
    );
    mallory.send({ t: 'ping' });
    await mallory.next('pong');
    expect(mallory.frames.filter(({ t }) => t === 'error')).toEqual([]);
    to.send({ t: 'received', conv, seq: 1 });
    expect(await from.next('receipt')).toMatchObject({ user: bob.address, delivered: 1 });
    await mallory.close();
  });
});
