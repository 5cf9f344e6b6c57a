import type { SendFrame, SentFrame } from '@stoa/protocol';
import { expect, it } from 'vitest';
import { type LocalStore, memoryStore, type StoreSnapshot } from '../store/index.ts';
import { conversationFrame, messageFrame } from '../testing/frames.ts';
import { type ScriptedConnection, startOfTime } from '../testing/scripted-server.ts';
import { online, scripted } from '../testing/test-client.ts';
import type { Draft } from '../types.ts';

const bob = { peer: 'bob' };
const text = (value: string, more: Partial<Draft> = {}): Draft => ({ content: { text: value }, ...more });
const sent = ({ id }: SendFrame, seq: number, more: Partial<SentFrame> = {}): SentFrame => ({
  t: 'sent',
  id,
  conv: 5,
  seq,
  mid: 1_000 + seq,
  ts: startOfTime + 50,
  ...more,
});
const refusal = ({ id }: SendFrame, code: string, more: object = {}) =>
  ({ t: 'error', of: 'send', id, code, message: 'No.', hint: 'Try.', ...more }) as const;
const take = async (connection: ScriptedConnection, count: number) => {
  const frames: SendFrame[] = [];
  while (frames.length < count) frames.push(await connection.next('send'));
  return frames;
};
const textsOf = (frames: readonly SendFrame[]) => frames.map(({ content }) => content.text);

it('sends a message and tells how it fares', async () => {
  const { connection, test, client } = await online();
  const draft = text('Hello', { type: 3, flags: 1, localId: 99, ref: 12, expiry: 60 });
  const sending = client.send(bob, draft);
  const waiting = {
    conversation: 'u:bob',
    seq: 0,
    mid: 0,
    localId: 99,
    from: 'alice',
    outgoing: true,
    ts: startOfTime,
    type: 3,
    flags: 1,
    ref: 12,
    expiresAt: startOfTime + 60_000,
    content: { text: 'Hello' },
    status: 'outbox',
  };
  expect(sending.message).toMatchObject(waiting);
  const frame = await connection.next('send');
  expect(frame).toEqual({
    t: 'send',
    id: sending.message.id,
    peer: 'bob',
    content: { text: 'Hello' },
    type: 3,
    flags: 1,
    localId: 99,
    ref: 12,
    expiry: 60,
  });
  expect(test.of('message')).toEqual([[sending.message, 'outgoing']]);

  connection.send(sent(frame, 1));
  const stored = await sending.sent;
  expect(stored).toEqual({
    ...sending.message,
    order: 1,
    seq: 1,
    mid: 1_001,
    ts: startOfTime + 50,
    expiresAt: startOfTime + 60_050,
    status: 'sent',
  });
  expect(test.of('update')).toEqual([[stored, sending.message]]);
  expect(await client.messages(bob, { limit: 9 })).toEqual([stored]);
});

it('asks for receipts unless it is told otherwise', async () => {
  const { connection, client } = await online();
  client.send({ gid: 12 }, text('Hello'));
  expect(await connection.next('send')).toMatchObject({ gid: 12, flags: 3, type: 0 });
});

it('takes messages before it is started and without a connection, and sends them in order', async () => {
  const { server, test, client } = await scripted();
  const early = client.send(bob, text('one'));
  await client.start();
  client.send({ peer: 'carol' }, text('two'));
  await test.count('message', 2);
  expect((await client.messages(bob, { limit: 9 })).map(({ status }) => status)).toEqual(['outbox']);
  const connection = await server.connection();
  await connection.welcome();
  client.send(bob, text('three'));
  const frames = await take(connection, 3);
  expect(textsOf(frames)).toEqual(['one', 'two', 'three']);
  expect(frames[0]?.id).toBe(early.message.id);
});

it('sends what one turn produces in one WebSocket message', async () => {
  const { connection, client } = await online();
  for (let count = 0; count < 100; count++) client.send(bob, text(`${count}`));
  expect(textsOf(await take(connection, 100))).toEqual(Array.from({ length: 100 }, (_, count) => `${count}`));
  expect(connection.batches.at(-1)).toBe(100);
});

it('leaves no more than 256 sends unanswered', async () => {
  const { connection, client } = await online();
  for (let count = 0; count < 300; count++) client.send(bob, text(`${count}`));
  const frames = await take(connection, 256);
  await connection.settled();
  expect(connection.frames).toEqual([]);
  connection.send(...frames.slice(0, 10).map((frame, index) => sent(frame, index + 1)));
  expect(textsOf(await take(connection, 10))).toEqual(
    frames.slice(0, 10).map((_, index) => `${256 + index}`),
  );
});

it('sends again on the next connection, with the same ids and in order, what was not answered', async () => {
  const { connection, server, test, client } = await online();
  const sendings = ['one', 'two', 'three'].map((value) => client.send(bob, text(value)));
  const [first, second] = await take(connection, 3);
  if (first === undefined || second === undefined) throw new Error('no frames');
  connection.send(sent(second, 2));
  await sendings[1]?.sent;
  connection.terminate();
  await test.status('offline');
  client.send(bob, text('four'));
  test.clock.advance(300);
  const next = await server.connection();
  await next.welcome();
  const again = await take(next, 3);
  expect(textsOf(again)).toEqual(['one', 'three', 'four']);
  expect(again[0]?.id).toBe(first.id);
  next.send(...again.map((frame, index) => sent(frame, [1, 3, 4][index] ?? 0)));
  await Promise.all(sendings.map((sending) => sending.sent));
  expect((await client.messages(bob, { limit: 9 })).map(({ seq }) => seq)).toEqual([4, 3, 2, 1]);
});

it('keeps the outbox over a restart of the application, and never uses an id twice', async () => {
  const store = memoryStore();
  const before = await scripted({ store });
  const old = [before.client.send(bob, text('one')), before.client.send(bob, text('two'))];
  await before.test.count('message', 2);
  await before.client.stop();

  const { server, test, client } = await scripted({ store });
  // The clock was set back meanwhile: the id that it gives was used.
  test.clock.advance(-3_600_000);
  const early = client.send(bob, text('three'));
  expect(early.message.id).toBeLessThan(old[0]?.message.id ?? 0);
  await client.start();
  const connection = await server.connection();
  await connection.welcome();
  const frames = await take(connection, 3);
  expect(textsOf(frames)).toEqual(['one', 'two', 'three']);
  const ids = frames.map(({ id }) => id);
  expect(ids.slice(0, 2)).toEqual(old.map(({ message }) => message.id));
  expect(ids[2]).toBeGreaterThan(ids[1] ?? 0);
  expect(test.of('update')).toEqual([[expect.objectContaining({ id: ids[2] }), early.message]]);
  const [, , third] = frames;
  if (third === undefined) throw new Error('no third frame');
  connection.send(sent(third, 3));
  expect(await early.sent).toMatchObject({ id: third.id, seq: 3 });
});

it('takes an own message that comes back for the answer to its send', async () => {
  const { connection, test, client } = await online();
  const sending = client.send(bob, text('Hello'));
  const { id } = await connection.next('send');
  const own = messageFrame(1, { from: 'alice', to: 'bob', dev: 7, id, content: { text: 'Hello' } });
  connection.send(own);
  expect(await sending.sent).toMatchObject({ seq: 1, mid: own.mid, status: 'sent' });
  expect(await connection.next('received')).toEqual({ t: 'received', conv: 5, seq: 1 });
  connection.send(sent({ id } as SendFrame, 1), own);
  await connection.settled();
  expect(test.texts).toEqual(['Hello outgoing']);
  expect(await client.messages(bob, { limit: 9 })).toHaveLength(1);
});

it('fails a message that is refused, and leaves it where it was', async () => {
  const { connection, test, client } = await online();
  connection.send(conversationFrame(4, { from: 4, read: 4 }));
  const refused = client.send(bob, text('No'));
  client.send(bob, text('Yes'));
  const [first, second] = await take(connection, 2);
  if (first === undefined || second === undefined) throw new Error('no frames');
  connection.send(refusal(first, 'INVALID_DESTINATION'), sent(second, 5));
  await expect(refused.sent).rejects.toMatchObject({
    code: 'INVALID_DESTINATION',
    message: 'No.',
    hint: 'Try.',
  });
  await test.count('update', 2);
  const [yes, no] = await client.messages(bob, { limit: 9 });
  expect(yes).toMatchObject({ status: 'sent', seq: 5 });
  expect(no).toMatchObject({
    status: 'failed',
    seq: 0,
    error: { code: 'INVALID_DESTINATION', message: 'No.', hint: 'Try.' },
  });
  expect(no?.order).toBeGreaterThan(4);
  expect(no?.order).toBeLessThan(5);
  expect(test.of('problem')).toEqual([]);
});

it('sends a failed message anew when it is asked to', async () => {
  const { connection, test, client } = await online();
  const { sent: failed } = client.send(bob, text('Hello', { localId: 4, expiry: 60 }));
  connection.send(refusal(await connection.next('send'), 'PERMISSION_DENIED'));
  await failed.catch(() => {});
  const [[before] = []] = test.of('update');
  if (before === undefined) throw new Error('no update');
  const sending = client.resend(before);
  const frame = await connection.next('send');
  expect(frame).toMatchObject({ content: { text: 'Hello' }, localId: 4, expiry: 60 });
  expect(frame.id).toBeGreaterThan(before.id);
  expect(test.of('update').at(-1)).toEqual([sending.message, before]);
  expect(await client.messages(bob, { limit: 9 })).toEqual([sending.message]);
  connection.send(sent(frame, 1));
  expect(() => client.resend(sending.message)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }));
  expect(await sending.sent).toMatchObject({ seq: 1 });
});

it('keeps what the server cannot take now, and its order', async () => {
  const { connection, test, client } = await online();
  const sendings = ['one', 'two', 'three'].map((value) => client.send(bob, text(value)));
  const frames = await take(connection, 3);
  connection.send(...frames.map((frame) => refusal(frame, 'RATE_LIMITED', { retryAfter: 1_000 })));
  await connection.settled();
  await client.conversations();
  test.clock.advance(999);
  await connection.settled();
  expect(connection.frames).toEqual([]);
  test.clock.advance(1);
  // Carefully: one, and more with every success.
  const [one] = await take(connection, 1);
  await connection.settled();
  expect(connection.frames).toEqual([]);
  if (one !== undefined) connection.send(sent(one, 1));
  const [two, three] = await take(connection, 2);
  expect([one?.id, two?.id, three?.id]).toEqual(frames.map(({ id }) => id));
  if (two !== undefined && three !== undefined) connection.send(sent(two, 2), sent(three, 3));
  await Promise.all(sendings.map((sending) => sending.sent));
  expect((await client.messages(bob, { limit: 9 })).map(({ content }) => content?.text)).toEqual([
    'three',
    'two',
    'one',
  ]);
});

it('sends again what is refused with a code that it does not know, when the server says when', async () => {
  const { connection, test, client } = await online({ random: () => 0 });
  const sending = client.send(bob, text('Hello'));
  const first = await connection.next('send');
  connection.send(refusal(first, 'NEW_CODE', { retryAfter: 500 }));
  await connection.settled();
  await client.conversations();
  test.clock.advance(500);
  const { id } = await connection.next('send');
  expect(id).toBe(first.id);
  connection.send(refusal(first, 'NEW_CODE'));
  await expect(sending.sent).rejects.toMatchObject({ message: 'NEW_CODE: No.' });
});

it('does not let one message that a server never digests hold up the others', async () => {
  // Without jitter's share there is no pause between the attempts.
  const { connection, client } = await online({ random: () => 0 });
  const bad = client.send(bob, text('bad'));
  const good = client.send(bob, text('good'));
  const [first, second] = await take(connection, 2);
  if (first === undefined || second === undefined) throw new Error('no frames');
  connection.send(refusal(first, 'INTERNAL'), sent(second, 1));
  await good.sent;
  for (let attempt = 2; attempt <= 10; attempt++) {
    connection.send(refusal(await connection.next('send'), 'INTERNAL'));
  }
  await expect(bad.sent).rejects.toMatchObject({ code: 'INTERNAL' });
  client.send(bob, text('next'));
  expect(await connection.next('send')).toMatchObject({ content: { text: 'next' } });
});

it('counts the time that a message waits here', async () => {
  const { server, test, client } = await scripted();
  await client.start();
  client.send(bob, text('patient', { expiry: 60 }));
  const hasty = client.send(bob, text('hasty', { expiry: 5 }));
  const connection = await server.connection();
  await test.count('message', 2);
  test.clock.advance(9_500);
  await connection.welcome();
  expect(await connection.next('send')).toMatchObject({ content: { text: 'patient' }, expiry: 51 });
  await expect(hasty.sent).rejects.toMatchObject({ code: 'MESSAGE_EXPIRED' });
  await connection.settled();
  expect(connection.frames).toEqual([]);
});

it('asks for the outcome of a send that may have arrived before it expired', async () => {
  const { connection, server, test, client } = await online();
  const sending = client.send(bob, text('Hello', { expiry: 5 }));
  const { id } = await connection.next('send');
  connection.terminate();
  await test.status('offline');
  test.clock.advance(20_000);
  const next = await server.connection();
  await next.welcome({ time: startOfTime + 20_000 });
  const again = await next.next('send');
  expect(again).toMatchObject({ id, expiry: 1 });
  next.send(sent(again, 1, { ts: startOfTime }));
  expect(await sending.sent).toMatchObject({ seq: 1, status: 'expired' });
});

it('refuses at once what no server would take', async () => {
  const { client } = await scripted();
  expect(() => client.send({ peer: '' }, text('Hello'))).toThrow(
    expect.objectContaining({ code: 'BAD_FRAME' }),
  );
  expect(() => client.send(bob, text('x'.repeat(70_000)))).toThrow(
    expect.objectContaining({ code: 'TOO_LARGE' }),
  );
  expect(await client.conversations()).toEqual([]);
});

it('is done with messages that the server passes on and does not store', async () => {
  const { connection, client } = await online();
  const first = client.send(bob, text('one'));
  const second = client.send(bob, text('two'));
  for (const [place, frame] of (await take(connection, 2)).entries()) {
    connection.send({ t: 'sent', id: frame.id, conv: 0, seq: 0, mid: 1_000 + place, ts: startOfTime });
  }
  expect([await first.sent, await second.sent]).toMatchObject([
    { mid: 1_000, seq: 0, status: 'sent' },
    { mid: 1_001, seq: 0, status: 'sent' },
  ]);
});

it('sends transient messages without keeping them', async () => {
  const { connection, test, client } = await online();
  const sending = client.send(bob, text('wave', { flags: 4 }));
  const frame = await connection.next('send');
  connection.send(sent(frame, 0, { conv: 0, mid: 2 ** 52 + 7 }));
  expect(await sending.sent).toMatchObject({ seq: 0, mid: 2 ** 52 + 7, status: 'sent' });
  expect(test.texts).toEqual(['wave outgoing']);
  expect(test.updates).toEqual(['wave outbox→sent']);
  expect(await client.messages(bob, { limit: 9 })).toEqual([]);
  expect(await client.conversations()).toEqual([]);
});

it('fails transient messages without a connection, and when it is lost', async () => {
  const { server, test, client } = await scripted();
  const early = client.send(bob, text('early', { flags: 4 }));
  await expect(early.sent).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(test.updates).toEqual(['early outbox→failed']);

  await client.start();
  const connection = await server.connection();
  await connection.welcome();
  await test.status('online');
  const late = client.send(bob, text('late', { flags: 4 }));
  await connection.next('send');
  connection.terminate();
  await expect(late.sent).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  const refused = client.send(bob, text('refused', { flags: 4 }));
  await expect(refused.sent).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});

it('fails a transient message that is refused, whatever the reason', async () => {
  const { connection, client } = await online();
  const sending = client.send(bob, text('wave', { flags: 4 }));
  connection.send(refusal(await connection.next('send'), 'RATE_LIMITED'));
  await expect(sending.sent).rejects.toMatchObject({ code: 'RATE_LIMITED' });
});

it('sends nothing that is not in the store', async () => {
  const store = memoryStore();
  let isFull = false;
  const { connection, test, client } = await online({
    store: {
      ...store,
      apply: (changes) => (isFull ? Promise.reject(new Error('full')) : store.apply(changes)),
    },
  });
  isFull = true;
  const sending = client.send(bob, text('Hello'));
  await expect(sending.sent).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(test.of('problem')).toHaveLength(1);
  await connection.settled();
  expect(connection.frames).toEqual([]);
  isFull = false;
  client.send(bob, text('Again'));
  expect(await connection.next('send')).toMatchObject({ content: { text: 'Again' } });
});

it('fails messages when the store cannot be opened', async () => {
  const broken: LocalStore = {
    ...memoryStore(),
    open: () => Promise.reject<StoreSnapshot>(new Error('blocked')),
  };
  const { client } = await scripted({ store: broken });
  await expect(client.send(bob, text('Hello')).sent).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await expect(client.start()).rejects.toMatchObject({ code: 'UNAVAILABLE', cause: { message: 'blocked' } });
});

it('leaves nobody with an unhandled rejection', async () => {
  const { connection, test, client } = await online();
  client.send(bob, text('Hello'));
  connection.send(refusal(await connection.next('send'), 'PERMISSION_DENIED'));
  await test.count('update', 1);
});
