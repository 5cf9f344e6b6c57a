import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ManualClock } from '@stoa/testkit';
import { type FastifyInstance, fastify } from 'fastify';
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { buildHttp } from './build-http.ts';
import { failureOf } from './failure.ts';
import { openHttp } from './http-fixture.ts';
import { endLateBodies } from './late-bodies.ts';

const seconds = 30;

/** Doors for a file, for anything else, and one that answers before the body has come. */
async function open() {
  const clock = new ManualClock();
  const app = fastify({ forceCloseConnections: true });
  onTestFinished(() => app.close());
  endLateBodies(app, seconds, clock);
  let came = 0;
  app.addContentTypeParser('*', (_request, body, done) => done(null, body));
  const read = async ({ raw }: { raw: IncomingMessage }) => {
    for await (const piece of raw) came += (piece as Buffer).length;
    return {};
  };
  app.post('/file', { config: { takesFile: true } }, read);
  app.post('/other', read);
  app.post('/hasty', async () => ({}));
  await app.listen({ host: '127.0.0.1', port: 0 });
  return { app, pass: () => clock.advance(seconds * 1_000), came: () => came };
}

/** A request whose body is sent by the test, piece by piece. */
function post(app: FastifyInstance, path: string, headers = {}) {
  const { port } = app.server.address() as AddressInfo;
  const type = { 'content-type': 'application/octet-stream' };
  const asking = request({ port, path, host: '127.0.0.1', method: 'POST', headers: { ...type, ...headers } });
  const status = new Promise<number>((resolve, reject) => {
    asking.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    // After the answer, nobody hears of it: whoever goes on writing may find the connection gone.
    asking.on('error', reject);
  });
  const gone = new Promise<void>((resolve) => {
    asking.on('socket', (socket) => socket.on('close', () => resolve()));
  });
  return { asking, status, gone };
}

it('a file may come slowly, as long as it comes', async () => {
  const { app, pass, came } = await open();
  const { asking, status } = post(app, '/file');
  asking.flushHeaders();
  await once(app.server, 'request');
  for (let piece = 1; piece <= 4; piece += 1) {
    asking.write('x'.repeat(8_192));
    await expect.poll(came, { interval: 5 }).toBe(piece * 8_192);
    pass();
  }
  asking.end();
  expect(await status).toBe(200);
});

it.each(['/file', '/other'])(
  'a body at %s of which next to nothing comes is not waited for',
  async (path) => {
    const { app, pass, came } = await open();
    const { asking, status } = post(app, path);
    asking.write('x'.repeat(100));
    await expect.poll(came, { interval: 5 }).toBe(100);
    pass();
    expect(await status).toBe(408);
  },
);

it('nothing but a file may come slowly', async () => {
  const { app, pass, came } = await open();
  const { asking, status } = post(app, '/other');
  asking.write('x'.repeat(8_192));
  await expect.poll(came, { interval: 5 }).toBe(8_192);
  pass();
  expect(await status).toBe(408);
});

it.each(['/hasty', '/nowhere'])('a body at %s that comes after the answer has no more time', async (path) => {
  const { app, pass } = await open();
  const { asking, status, gone } = post(app, path, { 'content-length': 1_000_000 });
  asking.write('x');
  expect(await status).toBe(path === '/hasty' ? 200 : 404);
  pass();
  await gone;
});

it('the doors of a node have it, and those of files are patient', async () => {
  const { options, close } = await openHttp();
  onTestFinished(close);
  const app = buildHttp({ ...options, settings: { ...options.settings, requestSeconds: 1 } });
  onTestFinished(async () => {
    app.server.closeAllConnections();
    await app.close();
  });
  const patient = new Set<string>();
  app.addHook('onRoute', ({ method, url, config }) => {
    if (config?.takesFile === true) patient.add(`${method} ${url}`);
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  expect([...patient].sort()).toEqual(['PATCH /files/uploads/:id', 'POST /files', 'POST /files/upload']);
  const { asking, status } = post(app, '/backend', { 'content-type': 'text/plain' });
  asking.write('op=');
  expect(await status).toBe(408);
});

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
