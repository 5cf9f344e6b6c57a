import { ManualClock, SocketClient, startTestNode, type TestNode } from '@stoa/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';

const clock = new ManualClock();
let server: TestNode;

beforeAll(async () => {
  server = await startTestNode({ clock });
});
afterAll(() => server.close());

it('an expired message is not delivered any more, only its place is', async () => {
  const [alice, bob] = [await server.addUser('alice'), await server.addUser('bob')];
  const from = await SocketClient.open(server.url);
  await from.hello(alice.token);
  from.send(
    { t: 'send', id: 1, peer: 'bob', expiry: 60, content: { text: 'soon gone' } },
    { t: 'send', id: 2, peer: 'bob', content: { text: 'stays' } },
  );
  await from.next('sent', ({ id }) => id === 2);
  await from.close();
  clock.advance(60_000);
  const to = await SocketClient.open(server.url);
  await to.hello(bob.token);
  const gone = await to.next('message');
  expect(gone).toMatchObject({ seq: 1, gone: 'expired' });
  expect(gone.content).toBeUndefined();
  expect(await to.next('message')).toMatchObject({ seq: 2, content: { text: 'stays' } });
  await to.close();
});

it('a message that was delivered in time stays readable after its expiry', async () => {
  const [carol, dora] = [await server.addUser('carol'), await server.addUser('dora')];
  const from = await SocketClient.open(server.url);
  await from.hello(carol.token);
  const phone = await SocketClient.open(server.url);
  await phone.hello(dora.token);
  from.send({ t: 'send', id: 1, peer: 'dora', expiry: 60, content: { text: 'in time' } });
  const { conv } = await phone.next('message');
  phone.send({ t: 'received', conv, seq: 1 });
  await from.next('receipt', ({ delivered }) => delivered === 1);
  await Promise.all([from.close(), phone.close()]);
  clock.advance(120_000);
  const laptop = await SocketClient.open(server.url);
  await laptop.hello(dora.token);
  laptop.send({ t: 'history', id: 1, peer: 'carol', limit: 5 });
  expect((await laptop.next('page')).messages).toMatchObject([{ seq: 1, content: { text: 'in time' } }]);
  await laptop.close();
});
