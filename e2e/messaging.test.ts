import { Client, type LocalMessage, memoryStore, type SearchOptions } from '@stoa/client';
import { startTestNode, type TestNode } from '@stoa/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

describe('what the client does with a real server', () => {
  let server: TestNode;
  const clients: Client[] = [];
  let pairs = 0;

  beforeAll(async () => {
    server = await startTestNode();
  });
  afterEach(() => Promise.all(clients.splice(0).map((client) => client.stop())));
  afterAll(() => server.close());

  async function online(address: string): Promise<Client> {
    const { token } = await server.addUser(address);
    const client = new Client({ url: server.url, token, store: memoryStore() });
    clients.push(client);
    await client.start();
    await eventually(() => client.status.state).toBe('online');
    return client;
  }

  async function pair() {
    pairs += 1;
    const [alice, bob] = [`alice-${pairs}`, `bob-${pairs}`];
    return {
      alice: await online(alice),
      bob: await online(bob),
      toAlice: { peer: alice },
      toBob: { peer: bob },
    };
  }

  const texts = async (client: Client, peer: string) =>
    (await client.messages({ peer }, { limit: 50 })).map(({ content }) => content?.text);

  const only = async (client: Client, peer: string): Promise<LocalMessage> => {
    const [message, ...others] = await client.messages({ peer }, { limit: 50 });
    if (message === undefined || others.length > 0) throw new Error('there is not one message');
    return message;
  };

  it('schedules on one device, lists on another, takes back there, and is sent at its time', async () => {
    const { alice, bob, toAlice, toBob } = await pair();
    const second = await online(toAlice.peer);
    const tomorrow = alice.serverTime() + 86_400_000;
    await alice.send(toBob, { content: { text: 'taken back' }, at: tomorrow }).sent;
    await alice.send(toBob, { content: { text: 'soon' }, at: alice.serverTime() + 700 }).sent;
    const listed = await second.scheduled();
    const later = listed.find(({ content }) => content?.text === 'taken back');
    expect(later).toMatchObject({ at: tomorrow });
    if (later === undefined) throw new Error('it is not listed');
    await second.cancelScheduled(later);
    await eventually(() => texts(bob, toAlice.peer)).toEqual(['soon']);
    await eventually(() => texts(second, toBob.peer)).toEqual(['soon']);
    await eventually(() => second.scheduled()).toEqual([]);
    await eventually(() => alice.scheduled()).toEqual([]);
  });

  it('finds what is on the server and not on the device', async () => {
    const { alice, toAlice, toBob } = await pair();
    for (let n = 1; n <= 60; n += 1) {
      await alice.send(toBob, { content: { text: n === 5 ? 'the blue invoice' : `message ${n}` } }).sent;
    }
    const fresh = await online(toAlice.peer);
    await eventually(async () => (await fresh.conversation(toBob))?.latest?.content?.text).toBe('message 60');
    expect(await texts(fresh, toBob.peer)).not.toContain('the blue invoice');
    /** Goes on until there are so many: a busy server looks at less at a time. */
    const find = async (query: string, count: number, options: SearchOptions) => {
      const messages: LocalMessage[] = [];
      let cursor: string | undefined;
      do {
        const limit = count - messages.length;
        const page = await fresh.search(query, { ...options, limit, ...(cursor && { cursor }) });
        messages.push(...page.messages);
        cursor = page.cursor;
      } while (messages.length < count && cursor !== undefined);
      return { texts: messages.map(({ content }) => content?.text), cursor };
    };
    expect((await find('INVOICE blue', 1, { target: toBob })).texts).toEqual(['the blue invoice']);
    const newest = await find('message', 10, {});
    expect(newest.texts).toEqual(Array.from({ length: 10 }, (_, index) => `message ${60 - index}`));
    expect(newest.cursor).toBeDefined();
  });

  it('tells when a message reached and was read by its receiver', async () => {
    const { alice, bob, toAlice, toBob } = await pair();
    await alice.send(toBob, { content: { text: 'look' } }).sent;
    await eventually(async () => (await only(alice, toBob.peer)).status).toBe('delivered');
    const before = await alice.receiptTimes(await only(alice, toBob.peer));
    expect(before).toMatchObject([{ user: toBob.peer }]);
    expect(before[0]?.readAt).toBeUndefined();
    await bob.markRead(toAlice);
    await eventually(async () => (await only(alice, toBob.peer)).status).toBe('read');
    const [times] = await alice.receiptTimes(await only(alice, toBob.peer));
    expect(Number(times?.readAt)).toBeGreaterThanOrEqual(Number(times?.deliveredAt));
  });

  it('edits, takes back and lets disappear, on every device of both sides', async () => {
    const { alice, bob, toAlice, toBob } = await pair();
    const bobToo = await online(toBob.peer);
    await alice.send(toBob, { content: { text: 'first' } }).sent;
    await alice.edit(await only(alice, toBob.peer), { text: 'second' }).done;
    for (const client of [bob, bobToo]) {
      await eventually(() => texts(client, toAlice.peer)).toEqual(['second']);
    }
    await alice.recall(await only(alice, toBob.peer)).done;
    for (const client of [bob, bobToo]) {
      await eventually(async () => (await only(client, toAlice.peer)).gone).toBe('recalled');
    }
    await alice.send(toBob, { content: { text: 'short' }, age: { seconds: 1, from: 'sent' } }).sent;
    await eventually(async () => (await texts(bob, toAlice.peer)).includes('short')).toBe(false);
    await eventually(async () => (await texts(alice, toBob.peer)).includes('short')).toBe(false);
  });

  it('does not hear from a blocked user, who is told so', async () => {
    const { alice, bob, toAlice, toBob } = await pair();
    const bobToo = await online(toBob.peer);
    await bob.block(toAlice.peer);
    // The server knows it once another device does.
    await eventually(() => bobToo.isBlocked(toAlice.peer)).toBe(true);
    const sending = alice.send(toBob, { content: { text: 'are you there?' } });
    await expect(sending.sent).rejects.toMatchObject({ code: 'BLOCKED' });
    expect(await texts(bob, toAlice.peer)).toEqual([]);
    await bobToo.unblock(toAlice.peer);
    await eventually(() => bob.isBlocked(toAlice.peer)).toBe(false);
    await alice.send(toBob, { content: { text: 'and now?' } }).sent;
    await eventually(() => texts(bob, toAlice.peer)).toEqual(['and now?']);
  });
});

/** Looks again until it holds: the devices agree in the end, and nobody says when. */
const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 20_000, interval: 50 });
