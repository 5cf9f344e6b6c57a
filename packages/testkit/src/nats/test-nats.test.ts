import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { startNats, type TestNats } from './index.ts';

let nats: TestNats | undefined;

afterEach(async () => {
  await nats?.close();
});

/** The first thing that a nats-server says to whoever connects. */
async function greeting(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const [data] = await once(socket, 'data');
  socket.destroy();
  return String(data);
}

it('a nats-server is started on a free port, and again on the same one', async () => {
  nats = await startNats();
  const { port } = nats;
  expect(nats.url).toBe(`nats://127.0.0.1:${port}`);
  expect(await greeting(port)).toMatch(/^INFO \{/);
  await nats.stop();
  await expect(greeting(port)).rejects.toThrow('ECONNREFUSED');
  await nats.start();
  expect(nats.port).toBe(port);
  expect(await greeting(port)).toMatch(/^INFO \{/);
});

it('a nats-server gets its configuration', async () => {
  nats = await startNats({ config: 'authorization { token: secret }\nmax_payload: 4096' });
  expect(await greeting(nats.port)).toMatch(/"auth_required":true.*"max_payload":4096/);
});

it('a nats-server that cannot start says why', async () => {
  await expect(startNats({ config: 'nonsense {' })).rejects.toThrow(
    /ended with code 1:\n.*Parse error on line 1/,
  );
});
