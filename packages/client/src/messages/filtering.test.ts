import { expect, it } from 'vitest';
import { conversationFrame, messageFrame } from '../testing/frames.ts';
import { scripted } from '../testing/test-client.ts';
import type { LocalMessage } from '../types.ts';

const bob = { peer: 'bob' };

async function filtered(filter: (message: LocalMessage) => boolean) {
  const all = await scripted({ filter });
  await all.client.start();
  const connection = await all.server.connection();
  await connection.welcome();
  return { ...all, connection };
}

it('drops what the application does not want, and acknowledges it', async () => {
  const { connection, test, client } = await filtered(({ content }) => content?.text !== 'm2');
  const transient = { conv: 0, seq: 0, flags: 4, content: { text: 'm2' } };
  connection.send(messageFrame(1), messageFrame(2), messageFrame(9, transient));
  connection.send(messageFrame(3, { from: 'alice', to: 'bob', dev: 8, content: { text: 'm2' } }));
  await connection.next('received', ({ seq }) => seq === 3);
  expect(test.texts).toEqual(['m1 realtime', 'm2 self']);
  expect((await client.messages(bob, { limit: 9 })).map(({ seq }) => seq)).toEqual([3, 1]);
  expect(await client.conversation(bob)).toMatchObject({ unread: 1, latest: { seq: 3 } });
});

it('drops it in history, too', async () => {
  const { connection, test, client } = await filtered(({ seq }) => seq !== 2);
  connection.send(conversationFrame(4, { from: 3 }), messageFrame(4));
  await test.count('message', 1);
  const fetching = client.fetchOlder(bob, 9);
  const { id } = await connection.next('history');
  const messages = [messageFrame(1), messageFrame(2), messageFrame(3)];
  connection.send({ t: 'page', id, conv: 5, messages, more: false });
  expect(await fetching).toBe(2);
  expect((await client.messages(bob, { limit: 9 })).map(({ seq }) => seq)).toEqual([4, 3, 1]);
  expect(await client.conversation(bob)).toMatchObject({ unread: 3 });
});

it('keeps everything when the filter fails', async () => {
  const { connection, test } = await filtered(() => {
    throw new Error('broken');
  });
  connection.send(messageFrame(1));
  await test.count('message', 1);
  expect(test.of('problem')).toMatchObject([[{ code: 'INTERNAL' }]]);
});

it('lets nobody change what the application wants to keep as it is', async () => {
  const all = await scripted({ acceptsChange: ({ seq }, event) => seq !== 1 || event !== 'recall' });
  await all.client.start();
  const connection = await all.server.connection();
  await connection.welcome();
  connection.send(
    messageFrame(1),
    messageFrame(2),
    messageFrame(3, { event: 'recall', target: 1, content: {} }),
    messageFrame(4, { event: 'edit', target: 1, content: { text: 'edited' } }),
    messageFrame(5, { event: 'recall', target: 2, content: {} }),
  );
  await connection.next('received', ({ seq }) => seq === 5);
  const shown = await all.client.messages(bob, { limit: 9 });
  expect(shown.map(({ content, gone }) => content?.text ?? gone)).toEqual(['recalled', 'edited']);
});
