import { limits } from '@stoa/protocol';
import { expect, it } from 'vitest';
import { online } from '../testing/test-client.ts';

const failsWith = (promise: Promise<unknown>, code: string, message: string) =>
  expect(promise).rejects.toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(message) }),
  );

it('matches answers and refusals by their ids', async () => {
  const { connection, client } = await online();
  const first = client.request('devices.list', {});
  const second = client.request('message.receipts', { conv: 5, seq: 1 });
  const [one, two] = [await connection.next('request'), await connection.next('request')];
  expect([one, two]).toMatchObject([
    { op: 'devices.list', body: {} },
    { op: 'message.receipts', body: { conv: 5, seq: 1 } },
  ]);
  connection.send(
    { t: 'error', of: 'request', id: two.id, code: 'NOT_FOUND', message: 'No such message.', hint: '' },
    { t: 'response', id: one.id, body: { devices: [] } },
  );
  await failsWith(second, 'NOT_FOUND', 'No such message.');
  expect(await first).toEqual({ devices: [] });
});

it('does not mistake the refusal of a send or of a page for its own', async () => {
  const { connection, test, client } = await online();
  const asking = client.request('scheduled.list', {});
  const { id } = await connection.next('request');
  connection.send(
    { t: 'error', of: 'send', id, code: 'NOT_FOUND', message: 'Another one.', hint: '' },
    { t: 'error', of: 'history', id, code: 'NOT_FOUND', message: 'Another one.', hint: '' },
    { t: 'response', id, body: { messages: [] } },
  );
  expect(await asking).toEqual({ messages: [] });
  expect(test.of('problem')).toHaveLength(2);
});

it('fails at once without a connection', async () => {
  const { connection, test, client } = await online();
  connection.terminate();
  await test.status('offline');
  await failsWith(client.request('devices.list', {}), 'UNAVAILABLE', 'no connection');
});

it('repeats on the next connection what may be repeated, and fails the rest', async () => {
  const { server, connection, test, client } = await online();
  const list = client.request('devices.list', {});
  const cancel = client.request('scheduled.cancel', { dev: 7, id: 3 });
  const search = client.request('messages.search', { query: 'x', limit: 1 }, { repeatable: false });
  for (let count = 0; count < 3; count++) await connection.next('request');
  connection.terminate();
  await failsWith(cancel, 'UNAVAILABLE', 'lost');
  await failsWith(search, 'UNAVAILABLE', 'lost');
  test.clock.advance(300);
  const next = await server.connection();
  await next.welcome();
  const { id, op } = await next.next('request');
  expect(op).toBe('devices.list');
  next.send({ t: 'response', id, body: { devices: [] } });
  expect(await list).toEqual({ devices: [] });
  await next.settled();
  expect(next.frames).toEqual([]);
});

it('gives up when the client is stopped', async () => {
  const { connection, client } = await online();
  const list = client.request('devices.list', {});
  await connection.next('request');
  await client.stop();
  await failsWith(list, 'UNAVAILABLE', 'lost');
});

it('gives up when there is no answer in time, and leaves no timer behind', async () => {
  const { connection, test, client } = await online();
  const [short, long] = [
    client.request('devices.list', {}, { timeoutMs: 500 }),
    client.request('devices.list', {}),
  ];
  const { id } = await connection.next('request');
  const other = await connection.next('request');
  test.clock.advance(499);
  await connection.settled();
  test.clock.advance(1);
  await failsWith(short, 'UNAVAILABLE', 'in time');
  connection.send({ t: 'response', id, body: { devices: [] } });
  connection.send({ t: 'response', id: other.id, body: { devices: [] } });
  expect(await long).toEqual({ devices: [] });
});

it('leaves no more unanswered than the server allows', async () => {
  const { connection, client } = await online();
  const answers = Array.from({ length: limits.requestWindow + 2 }, () => client.request('devices.list', {}));
  const ids: number[] = [];
  while (ids.length < limits.requestWindow) ids.push((await connection.next('request')).id);
  await connection.settled();
  expect(connection.frames).toEqual([]);
  connection.send(...ids.slice(0, 2).map((id) => ({ t: 'response', id, body: { devices: [] } }) as const));
  for (let count = 0; count < 2; count++) ids.push((await connection.next('request')).id);
  connection.send(...ids.slice(2).map((id) => ({ t: 'response', id, body: { devices: [] } }) as const));
  await Promise.all(answers);
});
