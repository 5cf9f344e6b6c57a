import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ManualClock, SocketClient, startTestNode } from '@stoa/testkit';
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import { TokenBuckets } from '../limits/index.ts';
import { Previews } from './previews.ts';

let site: Server;
let answer: RequestListener;
let asked: string[];
let clock: ManualClock;
let port: number;

beforeEach(async () => {
  asked = [];
  clock = new ManualClock(Date.now());
  answer = ({ url }, response) => {
    if (url === '/a.png') response.setHeader('content-type', 'image/png').end('picture');
    else if (url === '/none') response.writeHead(404).end();
    else {
      response.setHeader('content-type', 'text/html');
      response.end('<title>The page</title><meta property="og:image" content="a.png">');
    }
  };
  site = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request, response);
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  ({ port } = site.address() as AddressInfo);
});
afterEach(() => {
  site.close();
  site.closeAllConnections();
});

const previews = (perMinute = 100) =>
  new Previews({
    reach: { lookup: async () => [], mayReach: (address, to) => address === '127.0.0.1' && to === port },
    clock,
    rate: new TokenBuckets({ capacity: perMinute, fillMs: 60_000, now: () => clock.now() }),
    isPicture: async (bytes) => Buffer.from(bytes).toString() === 'picture',
  });

const link = (path = '/') => `http://127.0.0.1:${port}${path}`;

it('a link is looked at once, with its picture, and kept for a time', async () => {
  const looking = previews();
  const [one, other] = await Promise.all([looking.find(1, link()), looking.find(2, link('/#part'))]);
  expect(one).toEqual({ title: 'The page', picture: Buffer.from('picture') });
  expect(other).toEqual(one);
  expect(asked).toEqual(['/', '/a.png']);
  clock.jump(3_600_001);
  await looking.find(1, link());
  expect(asked).toHaveLength(4);
});

it('what cannot be looked at is not there, and is not tried again at once', async () => {
  const looking = previews();
  for (const bad of [link('/none'), 'http://127.0.0.1:1/', 'nonsense', 'http://[::1]/']) {
    expect(await looking.find(1, bad)).toBeUndefined();
  }
  expect(await looking.find(1, link('/none'))).toBeUndefined();
  expect(asked).toEqual(['/none']);
  answer = (_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<title>a</title><meta property="og:image" content="http://10.0.0.1/a.png">');
  };
  expect(await looking.find(1, link())).toEqual({ title: 'a' });
});

it('a user may look at so many in a minute', async () => {
  const looking = previews(2);
  await looking.find(1, link());
  await looking.find(1, link());
  await expect(looking.find(1, link())).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  await looking.find(2, link());
});

it('a node does not go to its own machine for anybody, and can be told to go nowhere', async () => {
  for (const [on, expected] of [
    ['true', { t: 'response', body: {} }],
    ['false', { t: 'error', code: 'UNKNOWN_OPERATION' }],
  ] as const) {
    const server = await startTestNode({ env: { STOA_LINK_PREVIEWS: on } });
    onTestFinished(() => server.close());
    const { token } = await server.addUser('alice');
    const client = await SocketClient.open(server.url);
    await client.hello(token);
    client.send({ t: 'request', id: 1, op: 'links.preview', body: { url: link() } });
    const frame = await client.next(expected.t, ({ id }) => id === 1);
    expect(frame).toMatchObject(expected);
    client.send({ t: 'request', id: 2, op: 'links.preview', body: { url: 'file:///etc/passwd' } });
    expect(await client.next('error', ({ id }) => id === 2)).toMatchObject({ code: 'BAD_FRAME' });
  }
  expect(asked).toEqual([]);
});
