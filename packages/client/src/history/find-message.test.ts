import { assert, asyncProperty, integer, uniqueArray } from 'fast-check';
import { expect, it } from 'vitest';
import { conversationFrame, messageFrame } from '../testing/frames.ts';
import { startOfTime } from '../testing/scripted-server.ts';
import { online, type Scripted } from '../testing/test-client.ts';

const bob = { peer: 'bob' };
const page = (id: number, from: number, to: number) => {
  const messages = [];
  for (let seq = from; seq <= to; seq++) messages.push(messageFrame(seq));
  return { t: 'page', id, conv: 5, messages, more: true } as const;
};

it('finds the message that is answered on this device', async () => {
  const { connection, test, client } = await online();
  connection.send(messageFrame(1), messageFrame(2), messageFrame(3, { ref: 1_001 }), messageFrame(4));
  await test.count('message', 4);
  const failing = client.send(bob, { content: { text: 'x' } });
  const { id } = await connection.next('send');
  connection.send({ t: 'error', of: 'send', id, code: 'PERMISSION_DENIED', message: 'No.', hint: '' });
  await failing.sent.catch(() => {});
  const [, , answer] = await client.messages(bob, { limit: 3 });
  if (answer === undefined) throw new Error('a message');
  expect(await client.repliedTo(answer)).toMatchObject({ seq: 1, mid: 1_001 });
  expect(await client.repliedTo({ ...answer, ref: 1_004 })).toMatchObject({ seq: 4 });
  const { ref: _, ...noAnswer } = answer;
  expect(await client.repliedTo(noAnswer)).toBeUndefined();
});

it('finds it on this device wherever it is', async () => {
  const { connection, test, client } = await online();
  for (let seq = 1; seq <= 40; seq++) connection.send(messageFrame(seq));
  await test.count('message', 40);
  const deleted = uniqueArray(integer({ min: 1, max: 40 }), { maxLength: 20 });
  await assert(
    asyncProperty(deleted, integer({ min: 1, max: 40 }), async (orders, seq) => {
      await client.deleteMessages(bob, orders);
      const here = (await client.messages(bob, { limit: 99 })).some((message) => message.seq === seq);
      if (here) expect((await client.message(bob, 1_000 + seq))?.seq).toBe(seq);
    }),
    { numRuns: 30 },
  );
});

/** A device with the last of 1,000 messages. */
async function newDevice() {
  const all = await online();
  all.connection.send(conversationFrame(1_000, { from: 999 }), messageFrame(1_000));
  await all.test.count('message', 1);
  return all;
}

/** Answers requests for pages until there are no more. */
async function looked({ connection }: Awaited<ReturnType<typeof newDevice>>, until: Promise<unknown>) {
  let looks = 0;
  let isDone = false;
  const done = until.finally(() => {
    isDone = true;
  });
  while (!isDone) {
    const asked = await Promise.race([connection.next('history'), done]);
    if (isDone || typeof asked !== 'object' || asked === null || !('after' in asked)) break;
    const { id, after = 0, limit } = asked as { id: number; after: number; limit: number };
    connection.send(page(id, after + 1, Math.min(after + limit, 1_000)));
    looks += 1;
    await connection.settled();
  }
  return looks;
}

it('asks the server a few times for what is not on this device, and does not keep it', async () => {
  const all = await newDevice();
  const finding = all.client.message(bob, 1_123);
  expect(await looked(all, finding)).toBeLessThanOrEqual(8);
  expect(await finding).toMatchObject({ seq: 123, conversation: 'u:bob', content: { text: 'm123' } });
  expect(await all.client.messages(bob, { limit: 9 })).toHaveLength(1);
  const missing = all.client.message(bob, 999);
  await looked(all, missing);
  expect(await missing).toBeUndefined();
});

it('tells when a message was delivered and read', async () => {
  const { connection, test, client } = await online();
  connection.send(messageFrame(1, { from: 'alice', to: 'bob', dev: 8 }));
  await test.count('message', 1);
  const [message] = await client.messages(bob, { limit: 1 });
  if (message === undefined) throw new Error('a message');
  const asking = client.receiptTimes(message);
  const { id, op, body } = await connection.next('request');
  expect([op, body]).toEqual(['message.receipts', { conv: 5, seq: 1 }]);
  const receipts = [{ user: 'bob', deliveredAt: startOfTime + 5 }];
  connection.send({ t: 'response', id, body: { receipts } });
  expect(await asking).toEqual(receipts);
  expect(await client.receiptTimes({ ...message, seq: 0 })).toEqual([]);
});

it('forwards a copy, and says how often that was done', async () => {
  const { connection, test, client } = await online();
  const content = { text: 'News', file: { url: 'https://x' }, forwarded: 2 };
  connection.send(messageFrame(1, { type: 7, content }));
  await test.count('message', 1);
  const [message] = await client.messages(bob, { limit: 1 });
  if (message === undefined) throw new Error('a message');
  client.forward(message, { peer: 'carol' });
  expect(await connection.next('send')).toMatchObject({
    peer: 'carol',
    type: 7,
    content: { ...content, forwarded: 3 },
  });
  const { content: _, ...gone } = message;
  const forwarding = ({ client }: Pick<Scripted, 'client'>) => client.forward(gone, bob);
  expect(() => forwarding({ client })).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }));
});
