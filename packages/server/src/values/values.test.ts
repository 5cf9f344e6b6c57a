import { limits } from '@stoa/protocol';
import { SocketClient, startTestNode, type TestNode, type TestUser } from '@stoa/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

describe('values that the devices of a user share', () => {
  let server: TestNode;
  let alice: TestUser;
  let users = 0;
  const open: SocketClient[] = [];

  beforeAll(async () => {
    server = await startTestNode();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    users += 1;
    alice = await server.addUser(`alice-${users}`);
    return () => Promise.all(open.splice(0).map((client) => client.close()));
  });

  async function signIn(user: TestUser, more: { device?: string; position?: number } = {}) {
    const client = await SocketClient.open(server.url);
    open.push(client);
    await client.hello(user.token, more);
    return client;
  }

  let requests = 0;
  async function set(client: SocketClient, values: object): Promise<unknown> {
    requests += 1;
    const id = requests;
    const list = Object.entries(values).map(([key, value]) => (value === null ? { key } : { key, value }));
    client.send({ t: 'request', id, op: 'state.set', body: { values: list } });
    return (await client.next('response', (response) => response.id === id)).body.position;
  }
  async function refusedWith(client: SocketClient, values: unknown) {
    client.send({ t: 'request', id: 99, op: 'state.set', body: { values } });
    return client.next('error', ({ id }) => id === 99);
  }
  /** All `state` frames that came before `synced`. */
  async function untilSynced(client: SocketClient) {
    const { position } = await client.next('synced');
    const states: Record<string, unknown> = {};
    for (const frame of client.frames) if (frame.t === 'state') states[frame.key] = frame.value;
    return { position, states };
  }

  it('reach the user’s other devices at once, not the one that set them, and nobody else', async () => {
    const bob = await server.addUser(`bob-${users}`);
    const [first, second, other] = [await signIn(alice), await signIn(alice), await signIn(bob)];
    const value = { text: 'About', data: Uint8Array.of(0, 255), list: [1, null, { deep: true }] };
    const position = await set(first, { 'draft:peer/bob': value });
    expect(await second.next('state')).toEqual({ t: 'state', key: 'draft:peer/bob', value, position });
    const later = await set(second, { 'draft:peer/bob': null });
    expect(await first.next('state')).toEqual({ t: 'state', key: 'draft:peer/bob', position: later });
    expect(later).toBeGreaterThan(Number(position));
    for (const client of [first, second, other]) {
      client.send({ t: 'ping' });
      await client.next('pong');
      expect(client.frames.filter(({ t }) => t === 'state')).toEqual([]);
    }
  });

  it('are told to a new device, without those that were removed, before any conversation', async () => {
    const bob = await server.addUser(`bob-${users}`);
    const first = await signIn(alice);
    await set(first, { a: 1, b: { c: 2 }, gone: true });
    await set(first, { gone: null });
    first.send({ t: 'send', id: 1, peer: bob.address, content: { text: 'x' } });
    await first.next('sent');
    const late = await signIn(alice);
    expect((await untilSynced(late)).states).toEqual({ a: 1, b: { c: 2 } });
    const types = late.frames.map(({ t }) => t);
    expect(types.lastIndexOf('state')).toBeLessThan(types.indexOf('conversation'));
  });

  it('are told to a device that was away, those that changed and were removed only', async () => {
    const device = 'device-of-alice-0001';
    const [writer, away] = [await signIn(alice), await signIn(alice, { device })];
    await set(writer, { a: 1, b: 2, c: 3 });
    await away.close();
    const before = await untilSynced(await signIn(alice, { device }));
    expect(before.states).toEqual({ a: 1, b: 2, c: 3 });
    await set(writer, { a: 4, b: null });
    const again = await signIn(alice, { device, position: before.position });
    const { position, states } = await untilSynced(again);
    expect(states).toEqual({ a: 4, b: undefined });
    expect(again.frames).toContainEqual({ t: 'state', key: 'a', value: 4, position });
    const last = await untilSynced(await signIn(alice, { device, position }));
    expect(last.states).toEqual({});
  });

  it('come in any number, in spite of a device that does not keep up', async () => {
    const writer = await signIn(alice);
    const text = 'x'.repeat(15_000);
    for (let from = 0; from < 150; from += 25) {
      const keys = Array.from({ length: 25 }, (_, index) => `key ${from + index}`);
      await set(writer, Object.fromEntries(keys.map((key) => [key, text])));
    }
    const { states } = await untilSynced(await signIn(alice));
    expect(Object.keys(states)).toHaveLength(150);
  });

  it('that are set together count from the last of a key', async () => {
    const [first, second] = [await signIn(alice), await signIn(alice)];
    const values = [{ key: 'a', value: 1 }, { key: 'b', value: 2 }, { key: 'a' }, { key: 'a', value: 3 }];
    first.send({ t: 'request', id: 5, op: 'state.set', body: { values } });
    await first.next('response', ({ id }) => id === 5);
    const got = [await second.next('state'), await second.next('state')];
    expect(got.map(({ key, value }) => [key, value])).toEqual([
      ['a', 3],
      ['b', 2],
    ]);
  });

  it.each([
    ['no values', []],
    ['too many at once', Array.from({ length: 101 }, (_, index) => ({ key: `${index}`, value: 1 }))],
    ['an empty key', [{ key: '', value: 1 }]],
    ['a long key', [{ key: 'k'.repeat(161), value: 1 }]],
    ['a key with control characters', [{ key: 'a\nb', value: 1 }]],
    ['no key', [{ value: 1 }]],
    ['a block that is no map', [{ key: 'blocked:bob', value: true }]],
    ['a block that says nothing', [{ key: 'blocked:bob', value: {} }]],
    ['a block that is not true or false', [{ key: 'blocked:bob', value: { messages: 1 } }]],
    ['a block of nobody', [{ key: 'blocked:', value: { messages: true } }]],
    ['a muted conversation without a time', [{ key: 'muted:u:bob', value: true }]],
    ['a muted conversation until no time', [{ key: 'muted:u:bob', value: { until: -1 } }]],
    ['something muted that is no conversation', [{ key: 'muted:bob', value: { until: 0 } }]],
    ['a muted group that is no number', [{ key: 'muted:g:bob', value: { until: 0 } }]],
    ['a value with a forbidden name', [{ key: 'a', value: { $bytes: 'x' } }]],
  ])('are refused with %s, and nothing is changed', async (_name, values) => {
    const client = await signIn(alice);
    expect(await refusedWith(client, values)).toMatchObject({ code: 'BAD_FRAME', of: 'request' });
    expect((await untilSynced(await signIn(alice))).states).toEqual({});
  });

  it('say until when a conversation is muted', async () => {
    const values = { 'muted:u:bob': { until: 0 }, 'muted:g:1000': { until: 1_800_000_000_000 } };
    await set(await signIn(alice), values);
    expect((await untilSynced(await signIn(alice))).states).toEqual(values);
  });

  it('are refused when one of them is too large', async () => {
    const client = await signIn(alice);
    const large = { key: 'large', value: 'x'.repeat(limits.stateBytes) };
    const refused = await refusedWith(client, [{ key: 'small', value: 1 }, large]);
    expect(refused).toMatchObject({ code: 'TOO_LARGE' });
    expect((await untilSynced(await signIn(alice))).states).toEqual({});
  });
});
