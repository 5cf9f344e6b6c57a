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
