import { InProcessHub } from '@stoa/bus';
import { presenceValues } from '@stoa/protocol';
import { openSqliteStore, type Store } from '@stoa/storage';
import { addUser, backend, SocketClient, type TestUser, tempFolder, testAppToken } from '@stoa/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadSettings, type RunningNode, startNode } from '../index.ts';

/** Bob blocks on the first node, Alice is on the second. */
describe('a blocked user', () => {
  const folder = tempFolder();
  const hub = new InProcessHub();
  const nodes: RunningNode[] = [];
  const open: SocketClient[] = [];
  let store: Store;
  let alice: TestUser;
  let bob: TestUser;
  let from: SocketClient;
  let to: SocketClient;
  let users = 0;
  let requests = 0;

  beforeAll(async () => {
    store = await openSqliteStore({ path: `${folder.path}/stoa.db` });
    for (const name of ['one', 'two']) {
      const env = {
        HOST: '127.0.0.1',
        PORT: '0',
        STOA_DATA_DIR: `${folder.path}/${name}`,
        STOA_APP_TOKEN: testAppToken,
        STOA_LOG_LEVEL: 'error',
      };
      // Both nodes use it; it is closed when both are gone.
      const shared = { ...store, close: async () => {} };
      nodes.push(await startNode({ settings: loadSettings({ env }), store: shared, bus: hub.connect() }));
    }
  });
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.close()));
    await store.close();
    folder.remove();
  });
  beforeEach(async () => {
    users += 1;
    alice = await addUser(urlOf(0), `alice-${users}`);
    bob = await addUser(urlOf(0), `bob-${users}`);
    [to, from] = [await signIn(0, bob), await signIn(1, alice)];
    return () => Promise.all(open.splice(0).map((client) => client.close()));
  });

  const urlOf = (node: number): string => nodes[node]?.url ?? '';

  async function signIn(node: number, user: TestUser): Promise<SocketClient> {
    const client = await SocketClient.open(urlOf(node));
    open.push(client);
    await client.hello(user.token);
    await client.next('synced');
    return client;
  }
  async function block(value: object | undefined): Promise<void> {
    requests += 1;
    const id = requests;
    const key = `blocked:${alice.address}`;
    const values = [value === undefined ? { key } : { key, value }];
    to.send({ t: 'request', id, op: 'state.set', body: { values } });
    await to.next('response', (response) => response.id === id);
  }
  const text = (id: number, peer: string) => ({ t: 'send', id, peer, content: { text: `${id}` } });
  /** Everything that was sent to the client before has arrived. */
  async function quiet(client: SocketClient): Promise<void> {
    client.send({ t: 'ping' });
    await client.next('pong');
  }

  it('cannot send, whatever node he is on, until he is let again; nothing of it is stored', async () => {
    from.send(text(1, bob.address));
    await from.next('sent');
    await block({ messages: true });
    from.send(text(2, bob.address));
    expect(await from.next('error')).toMatchObject({ code: 'BLOCKED', of: 'send', id: 2 });
    await block(undefined);
    from.send(text(3, bob.address));
    expect(await from.next('sent')).toMatchObject({ id: 3, seq: 2 });
  });

  it('gets the first answer for what was stored before, and can send to others', async () => {
    from.send(text(1, bob.address));
    const sent = await from.next('sent');
    await block({ messages: true });
    const carol = await addUser(urlOf(0), `carol-${users}`);
    from.send(text(1, bob.address), text(2, carol.address));
    expect(await from.next('sent', ({ id }) => id === 1)).toEqual(sent);
    expect(await from.next('sent', ({ id }) => id === 2)).toMatchObject({ seq: 1 });
    to.send(text(1, alice.address));
    expect(await to.next('sent')).toMatchObject({ seq: 2 });
  });

  it('cannot edit what he sent, nor have the back end send in his name', async () => {
    from.send(text(1, bob.address));
    await from.next('sent');
    await block({ messages: true });
    from.send({ ...text(2, bob.address), event: 'edit', target: 1 });
    expect(await from.next('error')).toMatchObject({ code: 'BLOCKED', id: 2 });
    const message = { from: alice.address, to: bob.address, message: 'x' };
    expect(await backend(urlOf(1), 'message', { message })).toMatchObject({ result: false, code: 'BLOCKED' });
  });

  it('does not reach the other with presence, and is not told so', async () => {
    await block({ messages: true });
    from.send({ t: 'presence', peer: bob.address, value: presenceValues.typing });
    await quiet(from);
    await block(undefined);
    from.send({ t: 'presence', peer: bob.address, value: presenceValues.joined });
    expect(await to.next('presence')).toMatchObject({ value: presenceValues.joined });
    expect(from.frames.filter(({ t }) => t === 'error')).toEqual([]);
  });

  it('sees the other go offline, without when he was seen, and come back when he is let again', async () => {
    from.send({ t: 'watch', peers: [bob.address], on: true });
    expect(await from.next('presence')).toMatchObject({ value: presenceValues.online });
    await block({ messages: true });
    expect(await from.next('presence')).toEqual({
      t: 'presence',
      from: bob.address,
      value: presenceValues.offline,
    });
    const second = await signIn(0, alice);
    second.send({ t: 'watch', peers: [bob.address], on: true });
    expect(await second.next('presence')).toEqual({
      t: 'presence',
      from: bob.address,
      value: presenceValues.offline,
    });
    await block(undefined);
    for (const client of [from, second]) {
      expect(await client.next('presence')).toMatchObject({ value: presenceValues.online });
    }
  });

  it('is not told any more what the other reads', async () => {
    from.send(text(1, bob.address), text(2, bob.address));
    const { conv } = await to.next('message', ({ seq }) => seq === 2);
    to.send({ t: 'read', conv, seq: 1 });
    await from.next('receipt', ({ read }) => read === 1);
    await block({ messages: true });
    to.send({ t: 'read', conv, seq: 2 });
    await block({ messages: false });
    from.send({ t: 'request', id: 1, op: 'message.receipts', body: { conv, seq: 2 } });
    const { receipts } = (await from.next('response')).body as { receipts: object[] };
    expect(receipts[0]).not.toHaveProperty('readAt');
    expect(from.frames.filter(({ t }) => t === 'receipt')).toEqual([]);
  });

  it('may be kept from some of it only', async () => {
    await block({ messages: false, presence: true });
    from.send(text(1, bob.address));
    expect(await from.next('sent')).toMatchObject({ seq: 1 });
    from.send({ t: 'watch', peers: [bob.address], on: true });
    expect(await from.next('presence')).toMatchObject({ value: presenceValues.offline });
  });

  it('stays blocked when the other blocks very many', async () => {
    await block({ messages: true });
    for (let part = 0; part < 11; part += 1) {
      const values = Array.from({ length: 100 }, (_, index) => ({
        key: `blocked:somebody ${part * 100 + index}`,
        value: { messages: true },
      }));
      to.send({ t: 'request', id: 1_000 + part, op: 'state.set', body: { values } });
      await to.next('response', ({ id }) => id === 1_000 + part);
    }
    from.send(text(1, bob.address));
    expect(await from.next('error')).toMatchObject({ code: 'BLOCKED' });
    await block(undefined);
    from.send(text(2, bob.address));
    expect(await from.next('sent')).toMatchObject({ id: 2 });
  });
});
