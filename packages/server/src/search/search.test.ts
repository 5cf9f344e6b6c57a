import { ManualClock, SocketClient, startTestNode, type TestNode, type TestUser } from '@stoa/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

describe('search', () => {
  const clock = new ManualClock();
  let server: TestNode;
  let alice: TestUser;
  let bob: TestUser;
  let carol: TestUser;
  let client: SocketClient;
  let users = 0;
  let sends = 0;
  let requests = 0;
  const open: SocketClient[] = [];

  beforeAll(async () => {
    server = await startTestNode({ clock, env: { STOA_MESSAGES_PER_SECOND: '0' } });
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    users += 1;
    alice = await server.addUser(`alice-${users}`);
    bob = await server.addUser(`bob-${users}`);
    carol = await server.addUser(`carol-${users}`);
    client = await signIn(alice);
    return () => Promise.all(open.splice(0).map((one) => one.close()));
  });

  async function signIn(user: TestUser): Promise<SocketClient> {
    const one = await SocketClient.open(server.url);
    open.push(one);
    await one.hello(user.token);
    return one;
  }
  async function say(from: SocketClient, to: TestUser, content: object, more: object = {}): Promise<number> {
    sends += 1;
    const id = sends;
    from.send({ t: 'send', id, peer: to.address, content, ...more });
    return (await from.next('sent', (sent) => sent.id === id)).seq;
  }
  async function page(body: object, by = client) {
    requests += 1;
    const id = requests;
    by.send({ t: 'request', id, op: 'messages.search', body: { limit: 50, ...body } });
    const answer = (await by.next('response', (response) => response.id === id)).body;
    const messages = answer.messages as { content: { text: string }; seq: number; from: string }[];
    return { messages, texts: messages.map(({ content }) => content.text), cursor: answer.cursor };
  }
  /** All pages: a busy server looks at less at a time. */
  async function all(body: object, by = client) {
    const messages: Awaited<ReturnType<typeof page>>['messages'] = [];
    let cursor: unknown;
    do {
      const next = await page({ ...body, ...(cursor === undefined ? {} : { cursor }) }, by);
      messages.push(...next.messages);
      cursor = next.cursor;
    } while (cursor !== undefined);
    return { messages, texts: messages.map(({ content }) => content.text) };
  }

  it('finds what was said by and to the user, the newest first across conversations', async () => {
    const [second, third] = [await signIn(bob), await signIn(carol)];
    await say(client, bob, { text: 'Tea one' });
    await say(third, alice, { text: 'tea two', title: 'x' });
    await say(client, alice, { text: 'my TEA three' });
    await say(second, alice, { text: 'no coffee' });
    await say(second, alice, { text: 'teapot four' });
    await say(second, carol, { text: 'tea of others' });
    const { texts, messages } = await all({ query: 'tea' });
    expect(texts).toEqual(['teapot four', 'my TEA three', 'tea two', 'Tea one']);
    expect(messages[0]).toMatchObject({ t: 'message', from: bob.address, to: alice.address, seq: 3 });
    expect((await all({ query: 'tea', peer: bob.address })).texts).toEqual(['teapot four', 'Tea one']);
    expect((await all({ query: 'tea', peer: alice.address })).texts).toEqual(['my TEA three']);
    expect((await all({ query: 'tea one' })).texts).toEqual(['Tea one']);
    expect((await all({ query: 'tea' }, third)).texts).toEqual(['tea of others', 'tea two']);
  });

  it('goes on behind a cursor, and misses and repeats nothing although messages arrive meanwhile', async () => {
    for (let count = 1; count <= 12; count += 1) {
      await say(client, count % 3 === 0 ? bob : carol, { text: `tea ${count}` });
    }
    const found: string[] = [];
    let cursor: unknown;
    do {
      const { texts, cursor: next } = await page({ query: 'tea', limit: 5, ...(cursor ? { cursor } : {}) });
      found.push(...texts);
      cursor = next;
      await say(client, bob, { text: 'tea later' });
    } while (cursor !== undefined && found.length < 50);
    expect(found).toEqual(Array.from({ length: 12 }, (_, index) => `tea ${12 - index}`));
  });

  it('looks at a bounded number of messages at a time, also when nothing is found', async () => {
    sends += 1;
    const first = sends;
    sends += 2_500;
    client.send(
      ...Array.from({ length: 2_500 }, (_, index) => ({
        t: 'send',
        id: first + index,
        peer: bob.address,
        content: { text: index === 0 ? 'needle' : 'hay' },
      })),
    );
    await client.next('sent', ({ id }) => id === first + 2_499);
    const pages: string[][] = [];
    let cursor: unknown;
    do {
      const { texts, cursor: next } = await page({ query: 'needle', ...(cursor ? { cursor } : {}) });
      pages.push(texts);
      cursor = next;
    } while (cursor !== undefined);
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.flat()).toEqual(['needle']);
  });

  it('finds edited messages by their new text, and nothing that is gone', async () => {
    await say(client, bob, { text: 'old word' });
    await say(client, bob, { text: 'recalled word' });
    await say(client, bob, { text: 'fleeting word' }, { age: { seconds: 5, from: 'sent' } });
    await say(client, bob, { text: 'expired word' }, { expiry: 5 });
    await say(client, bob, { text: 'new word' }, { event: 'edit', target: 1 });
    await say(client, bob, {}, { event: 'recall', target: 2 });
    expect((await all({ query: 'word' })).texts).toEqual(['expired word', 'fleeting word', 'new word']);
    expect((await all({ query: 'old' })).texts).toEqual([]);
    clock.jump(5_000);
    client.send({ t: 'ping' });
    expect((await all({ query: 'word' })).messages).toMatchObject([
      { seq: 1, content: { text: 'new word' }, edited: expect.any(Number) },
    ]);
  });

  it('does not find a removed user whose address is somebody else’s now', async () => {
    const second = await signIn(bob);
    await say(second, alice, { text: 'tea of the old bob' });
    await server.backend('userdel', { user: { uid: bob.uid } });
    await second.closed;
    expect((await all({ query: 'tea' })).texts).toEqual(['tea of the old bob']);
    await server.addUser(bob.address);
    expect((await all({ query: 'tea' })).texts).toEqual([]);
  });

  it.each([
    ['no words', { query: '' }, 'BAD_FRAME'],
    ['too many words', { query: 'x'.repeat(128) }, 'BAD_FRAME'],
    ['a limit that is too large', { query: 'x', limit: 51 }, 'BAD_FRAME'],
    ['no limit', { query: 'x', limit: 0 }, 'BAD_FRAME'],
    ['a cursor of its own', { query: 'x', cursor: '1; drop' }, 'BAD_FRAME'],
    ['an unknown peer', { query: 'x', peer: 'nobody' }, 'INVALID_DESTINATION'],
    ['an unknown group', { query: 'x', gid: 4 }, 'INVALID_DESTINATION'],
  ])('is refused with %s', async (_name, body, code) => {
    client.send({ t: 'request', id: 77, op: 'messages.search', body: { limit: 5, ...body } });
    expect(await client.next('error')).toMatchObject({ code, of: 'request', id: 77 });
  });
});
