import { type ClientRequest, request } from 'node:http';
import { backend, startTestNode } from '@stoa/testkit';
import { expect, it, onTestFinished } from 'vitest';

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
