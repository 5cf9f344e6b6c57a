import { InProcessHub } from '@stoa/bus';
import { closeCodes, shouldReconnect } from '@stoa/protocol';
import { openSqliteStore, type Store } from '@stoa/storage';
import { addUser, SocketClient, type TestUser, tempFolder, testAppToken } from '@stoa/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { publishToUser } from '../events.ts';
import { loadSettings, type RunningNode, startNode } from '../index.ts';

describe('the devices of a user on two nodes', () => {
  const folder = tempFolder();
  const hub = new InProcessHub();
  const nodes: RunningNode[] = [];
  const clients: SocketClient[] = [];
  let store: Store;
  let alice: TestUser;
  let users = 0;

  beforeAll(async () => {
    store = await openSqliteStore({ path: `${folder.path}/stoa.db` });
    for (const name of ['one', 'two']) {
      const env = {
        HOST: '127.0.0.1',
        PORT: '0',
        STOA_DATA_DIR: `${folder.path}/${name}`,
        STOA_APP_TOKEN: testAppToken,
        STOA_LOG_LEVEL: 'error',
        STOA_DEVICES_PER_USER: '1',
      };
      const settings = loadSettings({ env });
      // Both nodes use it; it is closed when both are gone.
      const shared = { ...store, close: async () => {} };
      nodes.push(await startNode({ settings, store: shared, bus: hub.connect() }));
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
    return () => {
      for (const client of clients.splice(0)) client.terminate();
    };
  });

  const urlOf = (node: number): string => nodes[node]?.url ?? '';

  async function open(node: number): Promise<SocketClient> {
    const client = await SocketClient.open(urlOf(node));
    clients.push(client);
    return client;
  }

  const identity = (name: string, run = '1') => ({
    device: `device-of-alice-${name}`,
    run: `run-of-the-client-${run}`,
  });

  it('displace each other across nodes', async () => {
    const phone = await open(0);
    await phone.hello(alice.token, identity('phone'));
    const laptop = await open(1);
    await laptop.hello(alice.token, identity('laptop'));
    expect(await phone.next('error')).toMatchObject({ code: 'DISPLACED' });
    expect((await phone.closed).code).toBe(closeCodes.signedOut.code);
  });

  it('are listed with those that are connected to another node', async () => {
    const phone = await open(0);
    const { dev } = await phone.hello(alice.token, identity('phone'));
    const response = await fetch(`${urlOf(1)}/v1/users/${alice.address}/devices`, {
      headers: { authorization: `Bearer ${testAppToken}` },
    });
    expect(await response.json()).toMatchObject({ data: [{ dev, online: true }] });
  });

  it('are signed out on whatever node they are', async () => {
    const phone = await open(0);
    const { dev } = await phone.hello(alice.token, identity('phone'));
    await fetch(`${urlOf(1)}/v1/users/${alice.address}/devices/${dev}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${testAppToken}` },
    });
    expect(await phone.next('error')).toMatchObject({ code: 'SIGNED_OUT' });
  });

  it('leave one session when the same device comes to the other node', async () => {
    const phone = await open(0);
    await phone.hello(alice.token, identity('phone'));
    await (await open(1)).hello(alice.token, identity('phone'));
    expect((await phone.closed).code).toBe(closeCodes.replaced.code);
  });

  it('are not ended by news of an earlier sign-in that come late', async () => {
    const phone = await open(0);
    const { dev, uid } = await phone.hello(alice.token, identity('phone'));
    await phone.close();
    const again = await open(0);
    await again.hello(alice.token, identity('phone', 'another'));
    const bus = hub.connect();
    publishToUser(bus, uid, { type: 'device-signed-in', dev, signIns: 1, run: null });
    publishToUser(bus, uid, { type: 'device-ended', dev, signIns: 1, end: 'displaced' });
    again.send({ t: 'ping' });
    await again.next('pong');
    publishToUser(bus, uid, { type: 'device-ended', dev, signIns: 2, end: 'displaced' });
    expect((await again.closed).code).toBe(closeCodes.signedOut.code);
  });

  it.each([
    ['different devices', (index: number) => identity(String(index), String(index)), false],
    ['copies of one device', (index: number) => identity('same', String(index)), false],
    ['connections of one client', () => identity('same', 'same'), true],
  ])('leave one session when %s sign in at the same time', async (_what, identityOf, mayReturn) => {
    let left: SocketClient | undefined;
    for (let round = 0; round < 10; round += 1) {
      const racing = await Promise.all([0, 1, 0, 1].map((node) => open(node)));
      for (const [index, client] of racing.entries()) {
        client.send({ t: 'hello', v: 1, token: alice.token, ...identityOf(index) });
      }
      const ends = racing.map((client, index) =>
        client.closed.then(({ code }) => {
          if (client !== left) expect(shouldReconnect(code)).toBe(mayReturn);
          return index;
        }),
      );
      const ended = new Set<number>();
      while (ended.size < 3) {
        ended.add(await Promise.race(ends.filter((_end, index) => !ended.has(index))));
      }
      [left] = racing.filter((_client, index) => !ended.has(index));
      await left?.next('welcome');
      left?.send({ t: 'ping' });
      await left?.next('pong');
      left?.terminate();
    }
  });
});
