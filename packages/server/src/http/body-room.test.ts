import { type ClientRequest, request } from 'node:http';
import { backend, startTestNode } from '@stoa/testkit';
import { fastify } from 'fastify';
import { expect, it, onTestFinished } from 'vitest';
import { Limits } from '../limits/index.ts';
import { loadSettings } from '../settings/index.ts';
import { requireBodyRoom } from './body-room.ts';

it('a body without a length takes the room that it needs, once it has come', async () => {
  const app = fastify({ forceCloseConnections: true });
  onTestFinished(() => app.close());
  const settings = loadSettings({ env: { STOA_LIMIT_LOOPBACK: 'yes' } });
  requireBodyRoom(app, new Limits(settings, Date.now), 16_000_000);
  const gate = Promise.withResolvers<object>();
  let waiting = 0;
  app.post('/', () => {
    waiting += 1;
    return gate.promise;
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const statuses: number[] = [];
  for (let count = 1; count <= 20; count += 1) {
    const asking = request(url, { method: 'POST', headers: { 'content-type': 'application/json' } });
    asking.on('response', ({ statusCode = 0 }) => statuses.push(statusCode));
    asking.on('error', () => {});
    asking.write('{');
    asking.end('}');
    await expect.poll(() => waiting + statuses.length, { interval: 2 }).toBe(count);
  }
  gate.resolve({});
  await expect.poll(() => statuses).toEqual(Array(20).fill(200));
});

it('an address holds only so much memory with bodies that never end, and others are served', async () => {
  const env = { STOA_LIMIT_LOOPBACK: 'yes', STOA_TRUSTED_PROXIES: 'loopback' };
  const server = await startTestNode({ env });
  onTestFinished(() => server.close());
  const open: ClientRequest[] = [];
  onTestFinished(() => {
    for (const one of open) one.destroy();
  });
  const statuses: number[] = [];
  for (let count = 0; count < 40; count += 1) {
    const asking = request(`${server.url}/backend`, {
      method: 'POST',
      headers: { 'content-length': 1_000_000, 'x-forwarded-for': '203.0.113.9' },
    });
    asking.on('response', ({ statusCode = 0 }) => statuses.push(statusCode));
    asking.on('error', () => {});
    asking.write('{');
    open.push(asking);
  }
  await expect.poll(() => statuses).toEqual(Array(8).fill(503));
  expect(await backend(server.url, 'users')).toMatchObject({ result: true });
  for (const one of open) one.destroy();
  const again = () =>
    fetch(`${server.url}/backend`, {
      method: 'POST',
      headers: { 'x-forwarded-for': '203.0.113.9' },
      body: JSON.stringify({ op: 'x'.repeat(900_000) }),
    });
  await expect.poll(async () => (await again()).status).toBe(200);
});
