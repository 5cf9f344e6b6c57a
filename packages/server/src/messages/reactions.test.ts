import { limits } from '@stoa/protocol';
import { type SocketClient, startTestNode, type TestNode, type TestUser } from '@stoa/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TwoPeople } from './testing/two-people.ts';

describe('reactions', () => {
  let server: TestNode;
  let alice: TestUser;
  let bob: TestUser;
  let from: SocketClient;
  let to: SocketClient;
  let people: TwoPeople;

  beforeAll(async () => {
    server = await startTestNode({ env: { STOA_MESSAGES_PER_SECOND: '0' } });
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    people = await TwoPeople.meet(server);
    ({ alice, bob } = people);
    [from, to] = [await people.signIn(alice), await people.signIn(bob)];
    return () => people.close();
  });

  const send = (client: SocketClient, more: object) => people.send(client, more);
  const refused = (client: SocketClient, more: object) => people.refused(client, more);
  const historyOf = (client: SocketClient, part?: object) => people.historyOf(client, part);
  const react = (emoji: string, on = true, target = 1) => ({
    event: 'react',
    target,
    content: { reaction: { emoji, on } },
  });
  const hello = { content: { text: 'hello' } };

  it('reach both sides as events, and are read with their message from then on', async () => {
    const { conv } = await send(from, hello);
    await to.next('message');
    await send(to, react('👍'));
    const event = await from.next('message');
    expect(event).toMatchObject({ conv, seq: 2, event: 'react', target: 1, from: bob.address });
    await send(from, react('👍'));
    // To those who follow the conversation it goes as it is.
    const { content, ...live } = await to.next('message');
    expect(content).toEqual({ reaction: { emoji: '👍', on: true } });
    expect(live).not.toHaveProperty('marks');
    await send(from, react('🎉'));
    await send(to, react('👍', false));
    const [message] = await historyOf(to);
    const marks = {
      upto: 5,
      reactions: [
        { emoji: '👍', users: [alice.address] },
        { emoji: '🎉', users: [alice.address] },
      ],
    };
    expect(message).toMatchObject({ seq: 1, ...hello, marks });
    // Read without its message, an event tells all that is on it.
    expect(await historyOf(to, { after: 4 })).toMatchObject([{ seq: 5, event: 'react', target: 1, marks }]);
    await send(from, { event: 'recall', target: 1, content: {} });
    expect((await historyOf(to)).map(({ marks }) => marks)).toEqual([undefined, undefined]);
  });

  it('cost a device that was away one entry for each message, however many they were', async () => {
    const device = 'device-of-bob-000001';
    await to.close();
    const before = await people.signIn(bob, device);
    const { conv } = await send(from, hello);
    await before.next('message');
    before.send({ t: 'received', conv, seq: 1 });
    await from.next('receipt');
    await before.close();
    for (let count = 0; count < 60; count += 1) await send(from, react(count % 2 ? '👍' : '🎉', count < 58));
    await send(from, { content: { text: 'and now' } });
    const again = await people.signIn(bob, device);
    const frames = [await again.next('message'), await again.next('message')];
    const marks = { upto: 61 };
    expect(frames).toMatchObject([
      { seq: 61, first: 2, event: 'react', target: 1, marks },
      { seq: 62, content: { text: 'and now' } },
    ]);
    expect(frames[0]).not.toHaveProperty('marks.reactions');
    await again.next('synced');
    // In history, they fill no pages.
    expect(await historyOf(again, { limit: 3 })).toMatchObject([{ seq: 1 }, { seq: 62, first: 2 }]);
    // A new device is streamed messages, not only what happened to them.
    const fresh = await people.signIn(bob);
    expect(await fresh.next('conversation')).toMatchObject({ from: 0, last: 62 });
  });

  it('count once when they are repeated, and when they are made twice', async () => {
    await send(from, hello);
    const first = await send(from, react('👍'));
    await send(from, react('👍'));
    await send(from, react('👍', false));
    from.send({ t: 'send', id: first.id, peer: bob.address, ...react('👍') });
    expect(await from.next('sent')).toEqual(first);
    const [message] = await historyOf(from);
    expect(message?.marks).toEqual({ upto: 4 });
  });

  it('are bounded: different ones on one message', async () => {
    await send(from, hello);
    const emoji = Array.from({ length: limits.emojiPerMessage + 1 }, (_, index) =>
      String.fromCodePoint(0x1f600 + index),
    );
    for (const one of emoji.slice(0, -1)) await send(from, react(one));
    expect(await refused(to, react(emoji.at(-1) ?? ''))).toMatchObject({ code: 'LIMIT_REACHED' });
    await send(to, react(emoji[0] ?? ''));
    await send(from, react(emoji[1] ?? '', false));
    await send(to, react(emoji.at(-1) ?? ''));
  });

  it('are for those who may read and send, on messages that are there', async () => {
    await send(from, hello);
    expect(await refused(from, react('👍', true, 9))).toMatchObject({ code: 'NOT_FOUND' });
    await send(from, react('👍'));
    expect(await refused(to, react('👍', true, 2))).toMatchObject({ code: 'NOT_FOUND' });
    await send(from, { event: 'recall', target: 1, content: {} });
    expect(await refused(to, react('👍'))).toMatchObject({ code: 'NOT_FOUND' });
    const stranger = await people.stranger();
    expect(await refused(stranger, react('👍'))).toMatchObject({ code: 'NOT_FOUND' });
    const blocks = { values: [{ key: `blocked:${alice.address}`, value: { messages: true } }] };
    to.send({ t: 'request', id: 7, op: 'state.set', body: blocks });
    await to.next('response');
    await send(to, hello);
    expect(await refused(from, react('👍', true, 4))).toMatchObject({ code: 'BLOCKED' });
  });

  it('in groups are for members, on what they may read', async () => {
    from.send({ t: 'request', id: 1, op: 'groups.create', body: { name: 'friends' } });
    const { group } = (await from.next('response')).body as { group: { gid: number } };
    const { gid } = group;
    await send(from, { gid, content: { text: 'before' } });
    from.send({ t: 'request', id: 2, op: 'groups.members.add', body: { gid, users: [bob.address] } });
    await from.next('response');
    await to.next('group');
    await send(from, { gid, content: { text: 'after' } });
    await to.next('message');
    expect(await refused(to, { gid, ...react('👍') })).toMatchObject({ code: 'NOT_FOUND' });
    await send(to, { gid, ...react('👍', true, 2) });
    expect(await from.next('message', ({ event }) => event === 'react')).toMatchObject({ gid, target: 2 });
    to.send({ t: 'history', id: 3, gid, limit: 9 });
    const { messages } = await to.next('page');
    expect(messages[0]).toMatchObject({ marks: { reactions: [{ emoji: '👍', users: [bob.address] }] } });
    from.send({ t: 'request', id: 4, op: 'groups.members.remove', body: { gid, users: [bob.address] } });
    await to.next('group', ({ event }) => event === 'left');
    const { code } = await refused(to, { gid, ...react('🎉', true, 2) });
    expect(code).toBe('NOT_A_MEMBER');
  });
});
