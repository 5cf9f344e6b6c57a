import { once } from 'node:events';
import { request } from 'node:http';
import { InProcessHub } from '@stoa/bus';
import { closeCodes } from '@stoa/protocol';
import { type JoinedNodes, SocketClient, startJoinedNodes, type TestNode } from '@stoa/testkit';
import { afterEach, describe, expect, it } from 'vitest';

describe('a node that is told to stop', () => {
  let joined: JoinedNodes;
  let stopping: TestNode;
  let staying: TestNode;

  async function start(drainSeconds: number): Promise<void> {
    const hub = new InProcessHub();
    const env = { STOA_DRAIN_SECONDS: String(drainSeconds) };
    joined = await startJoinedNodes({ buses: [hub.connect(), hub.connect()], env });
    [stopping, staying] = joined.nodes as [TestNode, TestNode];
  }
  afterEach(() => joined.close());

  async function connect(count: number): Promise<SocketClient[]> {
    const { token } = await stopping.addUser('alice');
    return Promise.all(
      Array.from({ length: count }, async () => {
        const client = await SocketClient.open(stopping.url);
        await client.hello(token);
        return client;
      }),
    );
  }

  /** Status and headers of the answer to an upgrade. */
  async function upgrade(node: TestNode) {
    const headers = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-protocol': 'stoa.v1.json' };
    const asking = request(`${node.url}/ws`, { headers });
    asking.end();
    const [response] = await once(asking, 'response');
    response.resume();
    return [response.statusCode, response.headers['retry-after']];
  }

  it('sends its clients elsewhere one after the other, with the code that says to come back', async () => {
    await start(1);
    const clients = await connect(8);
    const ends: number[] = [];
    const began = performance.now();
    const codes = Promise.all(
      clients.map(async ({ closed }) => {
        const { code } = await closed;
        ends.push(performance.now() - began);
        return code;
      }),
    );
    await stopping.node.close();
    expect(await codes).toEqual(Array(8).fill(closeCodes.drain.code));
    // Spread over the second: timers only come late, and the last one comes at its end.
    expect(ends.at(-1)).toBeGreaterThan(900);
    expect(ends[0]).toBeLessThan((ends.at(-1) ?? 0) - 300);
  });

  it('is not ready and refuses connections while it still serves those that are there', async () => {
    await start(600);
    const [client] = (await connect(1)) as [SocketClient];
    const closed = stopping.node.close();
    expect((await fetch(`${stopping.url}/readyz`)).status).toBe(503);
    expect((await fetch(`${stopping.url}/healthz`)).status).toBe(200);
    expect(await upgrade(stopping)).toEqual([503, '1']);
    client.send({ t: 'send', id: 1, peer: 'alice', content: { text: 'still here' } });
    const { seq } = await client.next('sent');
    expect(seq).toBe(1);
    // When nobody is left there is nothing to wait for.
    await client.close();
    await closed;
    expect((await fetch(`${staying.url}/readyz`)).status).toBe(200);
  });

  it('does not wait when nobody is connected', async () => {
    await start(600);
    await stopping.node.close();
  });
});
