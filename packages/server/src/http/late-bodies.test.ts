import { type ClientRequest, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startTestNode, type TestNode, type TestUser } from '@stoa/testkit';
import { fastify } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { failureOf } from './failure.ts';

let server: TestNode;
let alice: TestUser;

beforeAll(async () => {
  server = await startTestNode({ env: { STOA_REQUEST_SECONDS: '2' } });
  alice = await server.addUser('alice');
});
afterAll(() => server.close());

/** The status of the answer to a body that comes piece by piece: 50 times, for 5 seconds, or not any more after the first. */
function send(path: string, type: string, head: string, { isAlive }: { isAlive: boolean }): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${alice.token}`, 'content-type': type };
    const asking: ClientRequest = request(new URL(path, server.url), { method: 'POST', headers });
    asking.on('response', ({ statusCode = 0 }) => resolve(statusCode));
    asking.on('error', reject);
    asking.write(head);
    if (!isAlive) return;
    let pieces = 0;
    const timer = setInterval(() => {
      pieces += 1;
      if (asking.destroyed || asking.writableEnded) clearInterval(timer);
      else if (pieces < 50) asking.write('x'.repeat(8_192));
      else asking.end('\r\n--x--\r\n');
    }, 100);
    asking.on('close', () => clearInterval(timer));
  });
}

it('a file may come slowly, as long as it comes; nothing else may', async () => {
  const form = 'multipart/form-data; boundary=x';
  const part = '--x\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n';
  const [slow, dead, other] = await Promise.all([
    send('/files', form, part, { isAlive: true }),
    send('/files', form, part, { isAlive: false }),
    send('/backend', 'text/plain', 'op=', { isAlive: true }),
  ]);
  expect([slow, dead, other]).toEqual([201, 408, 408]);
}, 30_000);

it('a body that breaks off is told to nobody, least of all the operator', async () => {
  const lines: string[] = [];
  const app = fastify({ loggerInstance: pino({ level: 'warn' }, { write: (line) => lines.push(line) }) });
  onTestFinished(() => app.close());
  const { promise: failed, resolve } = Promise.withResolvers<string>();
  app.addContentTypeParser('*', (_request, body, done) => done(null, body));
  app.post('/', async ({ raw }) => {
    for await (const _ of raw);
  });
  app.setErrorHandler((error, asked) => resolve(failureOf(error, asked).error.code));
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const asking = request({ port, host: '127.0.0.1', method: 'POST', headers: { 'content-length': 100 } });
  asking.on('error', () => {});
  asking.write('a');
  await new Promise((done) => app.server.once('request', done));
  asking.destroy();
  expect([await failed, lines]).toEqual(['BAD_REQUEST', []]);
});
