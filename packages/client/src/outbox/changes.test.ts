import type { SendFrame, SentFrame } from '@stoa/protocol';
import { expect, it } from 'vitest';
import { memoryStore } from '../store/index.ts';
import { messageFrame } from '../testing/frames.ts';
import { startOfTime } from '../testing/scripted-server.ts';
import { online, type Scripted, scripted } from '../testing/test-client.ts';
import type { LocalMessage } from '../types.ts';

const bob = { peer: 'bob' };
const better = { text: 'better' };
const sent = ({ id }: SendFrame, seq: number, more: Partial<SentFrame> = {}): SentFrame => ({
  t: 'sent',
  id,
  conv: 5,
  seq,
  mid: 1_000 + seq,
  ts: startOfTime + 50,
  ...more,
});
const refusal = ({ id }: SendFrame, code: string) =>
  ({ t: 'error', of: 'send', id, code, message: 'No.', hint: 'Try.' }) as const;
const texts = async ({ client }: Pick<Scripted, 'client'>) =>
  (await client.messages(bob, { limit: 9 })).map(({ content, gone }) => content?.text ?? gone);

/** A client whose first message the server has stored. */
async function withMessage(options: Parameters<typeof online>[0] = {}) {
  const all = await online(options);
  const sending = all.client.send(bob, { content: { text: 'Hello' } });
  all.connection.send(sent(await all.connection.next('send'), 1));
  const message = await sending.sent;
  all.test.events.length = 0;
  return { ...all, message };
}

it('shows an edit at once, and keeps it when the server has stored it', async () => {
  const all = await withMessage();
  const { client, connection, test, message } = all;
  const editing = client.edit(message, better);
  expect(editing.message).toEqual({ ...message, content: better, changing: 'edit' });
  const frame = await connection.next('send');
  expect(frame).toMatchObject({ peer: 'bob', content: better, event: 'edit', target: 1 });
  expect(frame.id).toBeGreaterThan(message.id);
  expect(test.of('update')).toEqual([[editing.message, message]]);
  expect(await client.messages(bob, { limit: 9 })).toEqual([editing.message]);
  expect(await client.conversation(bob)).toMatchObject({ latest: editing.message });

  connection.send(sent(frame, 2));
  await editing.done;
  const after = { ...message, content: better, edited: startOfTime + 50 };
  expect(test.of('update').at(-1)).toEqual([after, editing.message]);
  expect(await client.messages(bob, { limit: 9 })).toEqual([after]);
  expect(await client.conversation(bob)).toMatchObject({ unread: 0, latest: after });
  expect(test.of('message')).toEqual([]);
});

it('shows the message as before when the server refuses the edit', async () => {
  const { client, connection, test, message } = await withMessage();
  const editing = client.edit(message, better);
  connection.send(refusal(await connection.next('send'), 'TOO_LATE'));
  await expect(editing.done).rejects.toMatchObject({ code: 'TOO_LATE' });
  expect(test.of('update').at(-1)).toEqual([message, editing.message]);
  expect(await client.messages(bob, { limit: 9 })).toEqual([message]);
  expect(test.of('conversation').at(-1)).toMatchObject([{ latest: { content: { text: 'Hello' } } }]);
});

it('shows the last of several edits, and the last that was not refused', async () => {
  const all = await withMessage();
  const { client, connection, message } = all;
  client.edit(message, { text: 'one' });
  client.edit(message, { text: 'two' });
  const frames = [await connection.next('send'), await connection.next('send')] as const;
  expect(await texts(all)).toEqual(['two']);
  connection.send(sent(frames[0], 2));
  connection.send(refusal(frames[1], 'TOO_LATE'));
  await connection.settled();
  expect(await texts(all)).toEqual(['one']);
});

it('recalls a message', async () => {
  const { client, connection, test, message } = await withMessage();
  const { content: _, ...place } = message;
  const recalling = client.recall(message);
  expect(recalling.message).toEqual({ ...place, gone: 'recalled', changing: 'recall' });
  const frame = await connection.next('send');
  expect(frame).toMatchObject({ content: {}, event: 'recall', target: 1 });
  connection.send(sent(frame, 2));
  await recalling.done;
  expect(await client.messages(bob, { limit: 9 })).toEqual([{ ...place, gone: 'recalled' }]);
  expect(test.of('update').at(-1)).toEqual([{ ...place, gone: 'recalled' }, recalling.message]);
  expect(() => client.edit(recalling.message, better)).toThrow(
    expect.objectContaining({ code: 'BAD_REQUEST' }),
  );
});

it('keeps changes over a restart and a lost answer, and sends them once', async () => {
  const store = memoryStore();
  const first = await withMessage({ store });
  first.client.edit(first.message, better);
  const frame = await first.connection.next('send');
  await first.client.stop();

  const all = await scripted({ store });
  await all.client.start();
  expect(await texts(all)).toEqual(['better']);
  const connection = await all.server.connection();
  await connection.welcome();
  expect(await connection.next('send')).toEqual(frame);
  // The server had it: it streams the event, and answers.
  connection.send(
    messageFrame(2, {
      from: 'alice',
      to: 'bob',
      dev: 7,
      id: frame.id,
      event: 'edit',
      target: 1,
      content: better,
    }),
    sent(frame, 2),
    refusal(frame, 'TOO_LATE'),
  );
  await connection.next('received', ({ seq }) => seq === 2);
  expect(await all.client.messages(bob, { limit: 9 })).toMatchObject([
    { content: better, edited: startOfTime + 2 },
  ]);
  expect((await store.open(() => {})).outbox).toEqual([]);
});

it('tells of a refusal that nobody waits for any more', async () => {
  const store = memoryStore();
  const first = await withMessage({ store });
  first.client.recall(first.message);
  await first.connection.next('send');
  await first.client.stop();

  const all = await scripted({ store });
  await all.client.start();
  const connection = await all.server.connection();
  await connection.welcome();
  connection.send(refusal(await connection.next('send'), 'TOO_LATE'));
  await all.test.count('problem', 1);
  expect(all.test.of('problem')).toMatchObject([[{ code: 'TOO_LATE' }]]);
  expect(await texts(all)).toEqual(['Hello']);
});

it('applies own edits and those of other devices in the order of their places', async () => {
  const all = await withMessage();
  const { client, connection, message } = all;
  const editing = client.edit(message, { text: 'mine' });
  const frame = await connection.next('send');
  const theirs = messageFrame(2, {
    from: 'alice',
    to: 'bob',
    dev: 8,
    event: 'edit',
    target: 1,
    content: { text: 'theirs' },
  });
  // The answer overtakes the event before it.
  connection.send(sent(frame, 3));
  await editing.done;
  connection.send(theirs);
  await connection.next('received', ({ seq }) => seq === 3);
  expect(await texts(all)).toEqual(['mine']);
});

it('changes what never left this device, without a word to the server', async () => {
  const all = await scripted();
  await all.client.start();
  const { client, test } = all;
  const [one, two] = ['one', 'two'].map((text) => client.send(bob, { content: { text } }));
  if (one === undefined || two === undefined) throw new Error('two messages');
  const editing = client.edit(one.message, better);
  const recalling = client.recall(two.message);
  await recalling.done;
  expect(await texts(all)).toEqual(['better']);
  expect(test.of('removed')).toEqual([[{ conversation: 'u:bob', orders: [two.message.order] }]]);
  await expect(two.sent).rejects.toMatchObject({ code: 'CONFLICT' });

  const connection = await all.server.connection();
  await connection.welcome();
  const frame = await connection.next('send');
  expect(frame).toMatchObject({ id: one.message.id, content: better });
  connection.send(sent(frame, 1));
  await editing.done;
  expect(await one.sent).toMatchObject({ content: better, status: 'sent' });
  await connection.settled();
  expect(connection.frames).toEqual([]);
});

/** A message that went out and was not answered. */
async function unanswered() {
  const all = await online();
  const sending = all.client.send(bob, { content: { text: 'Hello' } });
  const frame = await all.connection.next('send');
  return { ...all, sending, frame };
}

it('lets a change follow what the server may have already', async () => {
  const all = await unanswered();
  const { client, connection, test, server, sending, frame } = all;
  const first = client.edit(sending.message, { text: 'first' });
  const editing = client.edit(sending.message, better);
  await test.count('update', 2);
  expect(await client.messages(bob, { limit: 9 })).toMatchObject([{ content: better, status: 'outbox' }]);
  connection.terminate();
  await test.status('offline');
  test.clock.advance(300);
  const next = await server.connection();
  await next.welcome();
  // As it was: the server may have stored it like this.
  expect(await next.next('send')).toEqual(frame);
  next.send(sent(frame, 1));
  const change = await next.next('send');
  expect(change).toMatchObject({ event: 'edit', target: 1, content: better });
  expect(await client.messages(bob, { limit: 9 })).toMatchObject([{ content: better, status: 'sent' }]);
  next.send(sent(change, 2));
  await editing.done;
  await first.done;
  expect(await client.messages(bob, { limit: 9 })).toMatchObject([
    { content: better, edited: startOfTime + 50 },
  ]);
});

it('keeps in order what is handed in before a change follows its message', async () => {
  const store = memoryStore();
  let isHeld: Promise<void> | undefined;
  const { client, connection, test } = await online({
    store: {
      ...store,
      apply: async (changes) => {
        await isHeld;
        return store.apply(changes);
      },
    },
  });
  const sending = client.send(bob, { content: { text: 'Hello' } });
  const frame = await connection.next('send');
  client.edit(sending.message, better);
  await test.count('update', 1);
  let release = (): void => {};
  isHeld = new Promise((resolve) => {
    release = resolve;
  });
  // The store is busy with this one while the answer comes and the next message is handed in.
  client.setDraft(bob, { text: 'some' });
  connection.send(sent(frame, 1), { t: 'pong' });
  await connection.settled();
  client.send(bob, { content: { text: 'next' } });
  release();
  const [first, second] = [await connection.next('send'), await connection.next('send')];
  expect([first, second]).toMatchObject([{ event: 'edit' }, { content: { text: 'next' } }]);
  expect(second.id).toBeGreaterThan(first.id);
});

it('takes no edit of what was recalled and may have left, however close they come', async () => {
  const { client, connection, sending, frame } = await unanswered();
  const recalling = client.recall(sending.message);
  const editing = client.edit(sending.message, better);
  await expect(editing.done).rejects.toMatchObject({ code: 'NOT_FOUND' });
  connection.send(sent(frame, 1));
  const change = await connection.next('send');
  expect(change).toMatchObject({ event: 'recall', target: 1 });
  connection.send(sent(change, 2));
  await recalling.done;
  expect(await client.messages(bob, { limit: 9 })).toMatchObject([{ gone: 'recalled' }]);
});

it('keeps the edit when the server refuses the message, and nothing of it after a recall', async () => {
  const all = await unanswered();
  const { client, connection, sending, frame } = all;
  const editing = client.edit(sending.message, better);
  const other = client.send(bob, { content: { text: 'other' } });
  const recalling = client.recall(other.message);
  const second = await connection.next('send');
  await client.messages(bob, { limit: 1 });
  connection.send(refusal(frame, 'PERMISSION_DENIED'), refusal(second, 'PERMISSION_DENIED'));
  await expect(editing.done).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  await recalling.done;
  const left: LocalMessage[] = await client.messages(bob, { limit: 9 });
  expect(left).toMatchObject([{ content: better, status: 'failed' }]);
});

it('changes a message that was answered a moment ago', async () => {
  const { client, connection, sending, frame } = await unanswered();
  connection.send(sent(frame, 1));
  await sending.sent;
  const editing = client.edit(sending.message, better);
  const change = await connection.next('send');
  expect(change).toMatchObject({ event: 'edit', target: 1 });
  connection.send(sent(change, 2));
  await editing.done;
});

it('still recalls a message when the conversation is cleared', async () => {
  const store = memoryStore();
  const { client, connection, message } = await withMessage({ store });
  const recalling = client.recall(message);
  await client.clearConversation(bob);
  expect((await store.open(() => {})).outbox).toMatchObject([{ event: 'recall' }]);
  connection.send(sent(await connection.next('send'), 2));
  await recalling.done;
  expect(await client.messages(bob, { limit: 9 })).toEqual([]);
});

it('refuses what no server would take', async () => {
  const { client, connection, test, message } = await withMessage();
  connection.send(messageFrame(2));
  await test.count('message', 1);
  const [[theirs] = []] = test.of('message');
  const code = (act: () => unknown) => {
    try {
      act();
    } catch (error) {
      return (error as { code: string }).code;
    }
    return undefined;
  };
  if (theirs === undefined) throw new Error('a message');
  expect(code(() => client.edit(theirs, better))).toBe('PERMISSION_DENIED');
  expect(code(() => client.edit(message, {}))).toBe('BAD_FRAME');
  expect(code(() => client.edit(message, { text: '\ud800' }))).toBe('BAD_FRAME');
  expect(code(() => client.edit(message, { text: 'x'.repeat(70_000) }))).toBe('TOO_LARGE');
  const failing = client.send({ peer: 'nobody' }, { content: { text: 'x' } });
  connection.send(refusal(await connection.next('send'), 'INVALID_DESTINATION'));
  await failing.sent.catch(() => {});
  const [failed] = await client.messages({ peer: 'nobody' }, { limit: 1 });
  expect(failed && code(() => client.recall(failed))).toBe('BAD_REQUEST');
});
