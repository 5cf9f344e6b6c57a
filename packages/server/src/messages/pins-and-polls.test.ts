import { type SocketClient, startTestNode, type TestNode, type TestUser } from '@stoa/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TwoPeople } from './testing/two-people.ts';

describe('pins, polls and threads', () => {
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
  const ask = (client: SocketClient, op: string, body: object) => people.ask(client, op, body);
  const historyOf = (client: SocketClient, part?: object) => people.historyOf(client, part);

  const pin = (target: number, on = true) => ({ event: 'pin', target, content: { pin: { on } } });
  const vote = (...options: number[]) => ({ event: 'vote', target: 1, content: { vote: { options } } });
  const close = { event: 'close', target: 1, content: {} };
  const poll = (more: object = {}) => ({
    content: { poll: { question: 'Lunch?', options: ['Pizza', 'Soup', 'None'], ...more } },
  });

  it('pins are for both of a pair, and listed until they are taken away', async () => {
    for (const text of ['one', 'two']) await send(from, { content: { text } });
    await send(to, pin(2));
    const { ts } = await send(from, pin(1));
    await send(from, pin(2, false));
    const listed = await ask(to, 'messages.pinned', { peer: alice.address });
    const pinned = { user: alice.address, ts };
    expect(listed).toMatchObject({ messages: [{ seq: 1, content: { text: 'one' }, marks: { pinned } }] });
    expect((await historyOf(from))[1]).not.toHaveProperty('marks.pinned');
  });

  it('pins and calls upon everybody in groups are for those who may modify them', async () => {
    const created = await ask(from, 'groups.create', { name: 'friends', members: [bob.address] });
    const { gid } = (created as { group: { gid: number } }).group;
    await to.next('group');
    const { mid } = await send(from, {
      gid,
      content: { text: '@all hi', mentions: [{ start: 0, length: 4, all: true }] },
    });
    await send(from, { gid, ...pin(1) });
    expect(await ask(to, 'messages.pinned', { gid })).toMatchObject({ messages: [{ mid }] });
    expect(await refused(to, { gid, ...pin(1, false) })).toMatchObject({ code: 'PERMISSION_DENIED' });
    const everybody = { text: '@all', mentions: [{ start: 0, length: 4, all: true }] };
    expect(await refused(to, { gid, content: everybody })).toMatchObject({ code: 'PERMISSION_DENIED' });
    const one = { text: '@x', mentions: [{ start: 0, length: 2, user: alice.address }] };
    await send(to, { gid, content: one });
    await send(to, { gid, content: { text: 'an answer' }, ref: mid });
    expect(await ask(to, 'messages.thread', { gid, mid, limit: 9 })).toMatchObject({ count: 1, more: false });
    const stranger = await people.stranger();
    stranger.send({ t: 'request', id: 1, op: 'messages.pinned', body: { gid } });
    expect(await stranger.next('error')).toMatchObject({ code: 'INVALID_DESTINATION' });
  });

  it('votes replace each other, and end when the poll is closed by who asked', async () => {
    await send(from, poll());
    await send(to, vote(0));
    await send(to, vote(1));
    await send(from, vote(1));
    const votes = [{ option: 1, users: [bob.address, alice.address] }];
    expect((await historyOf(to))[0]).toMatchObject({ marks: { votes } });
    await send(from, vote());
    expect(await refused(to, close)).toMatchObject({ code: 'PERMISSION_DENIED' });
    const { ts } = await send(from, close);
    expect(await refused(to, vote(2))).toMatchObject({ code: 'TOO_LATE' });
    const marks = { votes: [{ option: 1, users: [bob.address] }], closed: ts };
    expect((await historyOf(to))[0]).toMatchObject({ marks });
  });

  it('a vote that crosses the close of its poll does not count, for whoever reads it whenever', async () => {
    await send(from, poll());
    await send(to, vote(0));
    // The vote is looked at before the end is stored.
    const closed = send(from, close);
    from.send({ t: 'send', id: 1_000, peer: bob.address, ...vote(1) });
    await send(from, { content: { text: 'afterwards' } });
    const { ts } = await closed;
    const marks = { votes: [{ option: 0, users: [bob.address] }], closed: ts };
    expect((await historyOf(to))[0]).toMatchObject({ marks });
    expect((await historyOf(from))[0]).toMatchObject({ marks });
  });

  it('votes are for options that there are, and for several only where that is said', async () => {
    await send(from, poll());
    expect(await refused(to, vote(3))).toMatchObject({ code: 'BAD_REQUEST' });
    expect(await refused(to, vote(0, 1))).toMatchObject({ code: 'BAD_REQUEST' });
    const edited = { event: 'edit', target: 1, content: { text: 'something else' } };
    expect(await refused(from, edited)).toMatchObject({ code: 'PERMISSION_DENIED' });
    await send(from, { content: { text: 'no poll' } });
    expect(await refused(to, { ...vote(0), target: 2 })).toMatchObject({ code: 'NOT_FOUND' });
    await send(from, poll({ multiple: true }));
    await send(to, { ...vote(0, 2), target: 3 });
    const votes = [
      { option: 0, users: [bob.address] },
      { option: 2, users: [bob.address] },
    ];
    expect((await historyOf(to))[2]).toMatchObject({ marks: { votes } });
  });

  it('a thread has the answers to a message, in pages', async () => {
    const { mid } = await send(from, { content: { text: 'question' } });
    for (const text of ['a', 'b', 'c']) await send(to, { content: { text }, ref: mid });
    await send(to, { content: { text: 'aside' } });
    const peer = alice.address;
    const first = await ask(to, 'messages.thread', { peer, mid, limit: 2 });
    expect(first).toMatchObject({
      count: 3,
      more: true,
      messages: [{ content: { text: 'c' } }, { content: { text: 'b' } }],
    });
    const { messages } = first as { messages: { mid: number }[] };
    const rest = await ask(to, 'messages.thread', { peer, mid, limit: 2, before: messages[1]?.mid });
    expect(rest).toMatchObject({ more: false, messages: [{ content: { text: 'a' } }] });
  });
});
