import type { Marks } from '@stoa/protocol';
import { expect, it } from 'vitest';
import { conversationFrame, messageFrame } from '../testing/frames.ts';
import { online } from '../testing/test-client.ts';

const bob = { peer: 'bob' };
const liked: Marks = { upto: 2, reactions: [{ emoji: '👍', users: ['bob'] }] };
const shown = [{ seq: 3 }, { seq: 1, reactions: liked.reactions }];

async function reconnected({ connection, server, test }: Awaited<ReturnType<typeof online>>) {
  connection.terminate();
  await test.status('offline');
  test.clock.advance(300);
  const next = await server.connection();
  await next.welcome();
  return next;
}

it('are on an own message of which the answer was lost', async () => {
  const all = await online();
  all.client.send(bob, { content: { text: 'mine' } });
  const { id } = await all.connection.next('send');
  const next = await reconnected(all);
  const mine = messageFrame(1, { from: 'alice', to: 'bob', dev: 7, id, marks: liked });
  next.send(conversationFrame(3), mine, messageFrame(3, { first: 2 }));
  await next.next('received');
  expect(await all.client.messages(bob, { limit: 9 })).toMatchObject(shown);
});

it('are on a message that came before, of which the acknowledgement was lost', async () => {
  const all = await online();
  all.connection.send(messageFrame(1));
  await all.test.count('message', 1);
  const next = await reconnected(all);
  next.send(conversationFrame(3), messageFrame(1, { marks: liked }), messageFrame(3, { first: 2 }));
  await all.test.count('message', 2);
  expect(await all.client.messages(bob, { limit: 9 })).toMatchObject(shown);
});

it('are on a message that is known, when a page of the history stands for what came after it', async () => {
  const all = await online();
  all.connection.send(messageFrame(1));
  await all.connection.next('received');
  const next = await reconnected(all);
  // Too much was missed: the stream begins after 9.
  next.send(conversationFrame(10, { from: 9 }), messageFrame(10));
  await next.next('received');
  const fetching = all.client.fetchOlder(bob, 9);
  const { id } = await next.next('history');
  const messages = [messageFrame(1, { marks: liked }), messageFrame(3, { first: 2 })];
  next.send({ t: 'page', id, conv: 5, messages, more: false });
  await fetching;
  expect((await all.client.messages(bob, { limit: 9 })).slice(1)).toMatchObject(shown);
});
