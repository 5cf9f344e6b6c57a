import { ManualClock, SocketClient, startTestNode, type TestNode, testAdminPassword } from '@stoa/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const dayMs = 24 * 3600 * 1000;

describe('messages older than they are to be kept', () => {
  const clock = new ManualClock();
  let server: TestNode;

  beforeAll(async () => {
    server = await startTestNode({ clock, env: { STOA_RETENTION_DAYS: '7' } });
  });
  afterAll(() => server.close());

  /** Lets the node sweep and reads, until as many contents are left. */
  async function untilLeft(token: string, peer: string, count: number): Promise<void> {
    const client = await SocketClient.open(server.url);
    await client.hello(token);
    for (let id = 1; ; id += 1) {
      // It may still be about the sweep before.
      clock.jump(1_000);
      client.send({ t: 'history', id, peer, limit: 50 });
      const { messages } = await client.next('page');
      const gone = messages.filter((message) => message.gone === 'erased');
      if (messages.length - gone.length !== count) continue;
      for (const message of gone) expect(message).not.toHaveProperty('content');
      break;
    }
    await client.close();
  }

  it('lose their content, day by day, for as long as the server or their app says', async () => {
    const [alice, bob] = [await server.addUser('alice'), await server.addUser('bob')];
    for (let day = 0; day < 10; day += 1) {
      const message = { from: 'alice', to: 'bob', message: `day ${day}` };
      expect(await server.backend('message', { message })).toMatchObject({ result: true });
      clock.jump(dayMs);
    }
    await untilLeft(alice.token, bob.address, 6);
    const authorization = `Basic ${Buffer.from(`admin:${testAdminPassword}`).toString('base64')}`;
    const response = await fetch(`${server.url}/v1/apps/1`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify({ settings: { retention: { days: 3 } } }),
    });
    expect(response.status).toBe(200);
    await untilLeft(bob.token, alice.address, 2);
  });
});
