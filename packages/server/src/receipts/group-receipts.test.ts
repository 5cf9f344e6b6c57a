import { join } from 'node:path';
import {
  type CursorStore,
  type GroupStore,
  openSqliteStore,
  type Store,
  StoreUnavailableError,
} from '@stoa/storage';
import { SocketClient, startTestNode, type TestNode, tempFolder } from '@stoa/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe('receipts that the store cannot take at once', () => {
  let folder: ReturnType<typeof tempFolder>;
  let store: Store;
  let server: TestNode;
  let alice: SocketClient;
  let bob: SocketClient;
  let conv: number;
  let gid: number;
  let isAway = false;
  /** Whether the store cannot be asked who has sent. */
  let isSilent = false;

  beforeAll(async () => {
    folder = tempFolder();
    store = await openSqliteStore({ path: join(folder.path, 'stoa.db') });
    const cursors: CursorStore = Object.create(store.cursors, {
      advance: {
        value: async (...advance: Parameters<CursorStore['advance']>) => {
          if (isAway) throw new StoreUnavailableError('away');
          return store.cursors.advance(...advance);
        },
      },
    });
    const groups: GroupStore = Object.create(store.groups, {
      senders: {
        value: async (...asked: Parameters<GroupStore['senders']>) => {
          if (isSilent) throw new StoreUnavailableError('away');
          return store.groups.senders(...asked);
        },
      },
    });
    server = await startTestNode({ store: { ...store, cursors, groups, close: async () => {} } });
    alice = await signIn('alice');
    bob = await signIn('bob');
    alice.send({ t: 'request', id: 1, op: 'groups.create', body: { name: 'Band', members: ['bob'] } });
    const { group } = (await alice.next('response')).body as { group: { conv: number; gid: number } };
    ({ conv, gid } = group);
    await bob.next('group');
    alice.send(...[1, 2, 3].map((id) => ({ t: 'send', id, gid, content: { text: `${id}` } })));
    await bob.next('message', ({ seq }) => seq === 3);
  });
  afterAll(async () => {
    await Promise.all([alice.close(), bob.close()]);
    await server.close();
    await store.close();
    folder.remove();
  });

  async function signIn(address: string): Promise<SocketClient> {
    const user = await server.addUser(address);
    const client = await SocketClient.open(server.url);
    await client.hello(user.token);
    await client.next('synced');
    return client;
  }

  /** Of those who have read this place. */
  const readers = async (seq: number) =>
    (await store.groups.receipts({ conv, seq, limit: 10 })).filter(({ readAt }) => readAt !== null).length;

  it('are stored when a ping that came after a read mark is answered', async () => {
    bob.send({ t: 'read', conv, seq: 1 }, { t: 'ping' });
    await bob.next('pong');
    expect(await readers(1)).toBe(1);
  });

  it('are refused before such a ping is answered, when they cannot be stored', async () => {
    isAway = true;
    bob.send({ t: 'read', conv, seq: 2 }, { t: 'ping' });
    expect(await bob.next('error')).toMatchObject({ of: 'read', code: 'UNAVAILABLE' });
    await bob.next('pong');
    isAway = false;
    expect(await readers(2)).toBe(0);
  });

  it('of delivery are stored later, when they cannot be stored at once', async () => {
    isAway = true;
    bob.send({ t: 'received', conv, seq: 3 }, { t: 'read', conv, seq: 3 });
    await bob.next('error');
    isAway = false;
    expect(await alice.next('receipts', ({ members }) => members[0]?.delivered === 3)).toMatchObject({
      conv,
      members: [{ user: 'bob', delivered: 3 }],
    });
  });

  it('are told later, when it cannot be asked at once whom to tell', async () => {
    alice.send({ t: 'send', id: 4, gid, content: { text: '4' } });
    await bob.next('message', (frame) => frame.conv === conv && frame.seq === 4);
    isSilent = true;
    bob.send({ t: 'read', conv, seq: 4 }, { t: 'ping' });
    await bob.next('pong');
    isSilent = false;
    await alice.next('receipts', ({ members }) => members[0]?.read === 4);
  });

  it('of delivery between two are stored later, too', async () => {
    alice.send({ t: 'send', id: 10, peer: 'bob', content: { text: 'for you' } });
    const pair = await bob.next('message', ({ to }) => to === 'bob');
    isAway = true;
    bob.send({ t: 'received', conv: pair.conv, seq: 1 }, { t: 'ping' });
    await bob.next('pong');
    isAway = false;
    expect(await alice.next('receipt', (frame) => frame.conv === pair.conv)).toMatchObject({ delivered: 1 });
  });

  it.each([
    ['was read quietly before', false],
    ['could not be stored before', true],
  ])('are told to all who sent what they newly cover, also when it %s', async (_, fails) => {
    const carol = await signIn(`carol-${fails}`);
    const members = ['bob', `carol-${fails}`];
    alice.send({ t: 'request', id: 9, op: 'groups.create', body: { name: 'Choir', members } });
    const { body } = await alice.next('response', ({ id }) => id === 9);
    const { group: made } = body as { group: { conv: number; gid: number } };
    await carol.next('group');
    carol.send({ t: 'send', id: 1, gid: made.gid, content: { text: 'first' } });
    await bob.next('message', (frame) => frame.conv === made.conv);
    alice.send({ t: 'send', id: fails ? 20 : 21, gid: made.gid, content: { text: 'second' } });
    await bob.next('message', (frame) => frame.conv === made.conv && frame.seq === 2);
    isAway = fails;
    bob.send({ t: 'read', conv: made.conv, seq: 2, ...(fails ? {} : { receipt: false }) }, { t: 'ping' });
    await bob.next('pong');
    isAway = false;
    bob.send({ t: 'read', conv: made.conv, seq: 2 });
    for (const sender of [alice, carol]) {
      await sender.next('receipts', (frame) => frame.conv === made.conv && frame.members[0]?.read === 2);
    }
    await carol.close();
  });
});
