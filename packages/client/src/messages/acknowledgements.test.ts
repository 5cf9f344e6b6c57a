import type { MessageFrame } from '@stoa/protocol';
import { expect, it } from 'vitest';
import { messageFrame } from '../testing/frames.ts';
import { online } from '../testing/test-client.ts';

function ofGroup(seq: number): MessageFrame {
  const { to: _, ...frame } = messageFrame(seq, { conv: 6, gid: 12 });
  return frame;
}
const received = (conv: number, seq: number) => ({ t: 'received', conv, seq }) as const;

it('of a group go out at once after silence, and are gathered when more follow closely', async () => {
  const { connection, test } = await online();
  connection.send(ofGroup(1));
  expect(await connection.next('received')).toEqual(received(6, 1));
  connection.send(ofGroup(2));
  await test.count('message', 2);
  connection.send(ofGroup(3));
  await test.count('message', 3);
  await connection.settled();
  expect(connection.frames).toEqual([]);
  test.clock.advance(200);
  expect(await connection.next('received')).toEqual(received(6, 3));
  test.clock.advance(200);
  connection.send(ofGroup(4));
  expect(await connection.next('received')).toEqual(received(6, 4));
});

it('of a group do not wait for more messages than a fraction of what the server sends ahead', async () => {
  const { connection } = await online();
  connection.send(ofGroup(1));
  await connection.next('received');
  connection.send(...Array.from({ length: 16 }, (_, index) => ofGroup(index + 2)));
  expect(await connection.next('received')).toEqual(received(6, 17));
});

it('of one-to-one messages are never held back', async () => {
  const { connection, test } = await online();
  connection.send(ofGroup(1));
  await connection.next('received');
  connection.send(ofGroup(2), messageFrame(1));
  expect(await connection.next('received')).toEqual(received(5, 1));
  connection.send(messageFrame(2));
  expect(await connection.next('received')).toEqual(received(5, 2));
  expect(connection.frames).toEqual([]);
  test.clock.advance(200);
  expect(await connection.next('received')).toEqual(received(6, 2));
});

it('that were gathered when the connection broke are left to the next one', async () => {
  const { connection, test, server } = await online();
  connection.send(ofGroup(1));
  await connection.next('received');
  connection.send(ofGroup(2));
  await test.count('message', 2);
  connection.close(1012);
  await test.status('offline');
  test.clock.advance(10_000);
  const next = await server.connection();
  await next.welcome();
  next.send(ofGroup(2));
  expect(await next.next('received')).toEqual(received(6, 2));
});
