import { expect, it } from 'vitest';
import { messageFrame } from '../testing/frames.ts';
import { online } from '../testing/test-client.ts';

const bob = { peer: 'bob' };
const mention = (seq: number, mentioned: object) =>
  messageFrame(seq, { content: { text: '@x', mentions: [{ start: 0, length: 2, ...mentioned }] } });

it('counts unread messages that mention the user or everybody, until they are read or gone', async () => {
  const { connection, test, client } = await online();
  connection.send(mention(1, { user: 'alice' }), mention(2, { user: 'carol' }), mention(3, { all: true }));
  connection.send(messageFrame(4), mention(5, { user: 'alice' }));
  await test.count('message', 5);
  expect(await client.conversation(bob)).toMatchObject({ unread: 5, unreadMentions: 3 });
  connection.send(messageFrame(6, { event: 'recall', target: 5, content: {} }));
  await test.count('update', 1);
  expect(await client.conversation(bob)).toMatchObject({ unread: 4, unreadMentions: 2 });
  await client.markRead(bob, { upTo: 1 });
  expect(await client.conversation(bob)).toMatchObject({ unreadMentions: 1 });
  expect(test.of('conversation').at(-1)?.[0]).toMatchObject({ unreadMentions: 1 });
  await client.markRead(bob);
  expect(await client.conversation(bob)).toMatchObject({ unread: 0, unreadMentions: 0 });
});
