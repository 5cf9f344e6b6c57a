import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type GetOptions, guardedGet } from './guarded-get.ts';
import { publicReach } from './public-reach.ts';

let site: Server;
let secret: Server;
let port: number;
let answer: RequestListener;
let secretAsked = 0;

/** Two machines: one that may be reached, and one that must not be, on the same port. */
beforeAll(async () => {
  secret = createServer((_request, response) => {
    secretAsked += 1;
    response.end('secret');
  });
  // First: a port that is free on the address that everybody uses is free on the other one.
  await new Promise<void>((resolve) => secret.listen(0, '127.0.0.1', resolve));
  ({ port } = secret.address() as AddressInfo);
  site = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => site.listen(port, '127.0.0.2', resolve));
});
afterAll(() => {
  for (const server of [site, secret]) {
    server.close();
    server.closeAllConnections();
  }
});
beforeEach(() => {
  secretAsked = 0;
  answer = (_request, response) => {
    response.setHeader('content-type', 'text/html; charset=ISO-8859-1');
    response.end('<title>a</title>');
  };
});

let asked: string[];
const names: Record<string, readonly string[][]> = {};

function get(url: string, more: Partial<GetOptions> = {}) {
  asked = [];
  return guardedGet(new URL(url), {
    reach: {
      lookup: async (name) => {
        const answers = names[name] ?? [];
        asked.push(name);
        return answers[Math.min(asked.filter((each) => each === name).length, answers.length) - 1] ?? [];
      },
      mayReach: (address, to) => address === '127.0.0.2' && to === port,
    },
    mostBytes: 1000,
    accepts: (type) => type === 'text/html',
    signal: AbortSignal.timeout(30_000),
    ...more,
  });
}

it('a page is got from the address to which its name was resolved, without cookies or keys', async () => {
  names['site.example'] = [['127.0.0.2'], ['127.0.0.1']];
  let headers: object = {};
  const { promise: host, resolve } = Promise.withResolvers<string | undefined>();
  answer = (request, response) => {
    headers = request.headers;
    resolve(request.headers.host);
    response.setHeader('content-type', 'text/html; charset=ISO-8859-1').end('<title>a</title>');
  };
  const { body, contentType, charset, isCut } = await get(`http://site.example:${port}/a`);
  expect([Buffer.from(body).toString(), contentType, charset, isCut]).toEqual([
    '<title>a</title>',
    'text/html',
    'iso-8859-1',
    false,
  ]);
  expect(await host).toBe(`site.example:${port}`);
  expect(headers).not.toHaveProperty('cookie');
  expect(headers).not.toHaveProperty('authorization');
  expect([asked, secretAsked]).toEqual([['site.example'], 0]);
});

it('a name that changes its answer is not followed to where it may not lead', async () => {
  names['rebinding.example'] = [['127.0.0.2'], ['127.0.0.1']];
  answer = (_request, response) => response.writeHead(302, { location: '/again' }).end();
  await expect(get(`http://rebinding.example:${port}/`)).rejects.toThrow('does not go to 127.0.0.1');
  names['both.example'] = [['127.0.0.2', '127.0.0.1']];
  await expect(get(`http://both.example:${port}/`)).rejects.toThrow('does not go to 127.0.0.1');
  names['none.example'] = [[]];
  await expect(get(`http://none.example:${port}/`)).rejects.toThrow('has no address');
  expect(secretAsked).toBe(0);
});

it.each([
  (to: number) => `http://127.0.0.1:${to}/`,
  (to: number) => `http://0x7f.1:${to}/`,
  (to: number) => `http://2130706433:${to}/`,
  (to: number) => `http://[::ffff:127.0.0.1]:${to}/`,
  () => 'http://127.0.0.2:1/',
  () => 'ftp://127.0.0.2/',
  () => 'file:///etc/passwd',
  (to: number) => `http://user:pass@127.0.0.2:${to}/`,
  () => 'https://',
])('a redirect to a place that is not allowed is not followed (%#)', async (target) => {
  answer = (_request, response) => response.writeHead(301, { location: target(port) }).end();
  await expect(get(`http://127.0.0.2:${port}/`)).rejects.toThrow();
  await expect(get(target(port).replace(/^https:\/\/$/, 'ftp://a'))).rejects.toThrow();
  expect(secretAsked).toBe(0);
});

it('redirects are followed, but not for ever', async () => {
  answer = ({ url = '' }, response) => {
    const left = Number(url.slice(1));
    if (left > 0) response.writeHead(307, { location: `/${left - 1}` }).end();
    else response.setHeader('content-type', 'text/html').end('there');
  };
  expect((await get(`http://127.0.0.2:${port}/4`)).url.pathname).toBe('/0');
  await expect(get(`http://127.0.0.2:${port}/5`)).rejects.toThrow('too many redirects');
});

it('what is too large is cut off, what is no page is not read, and what takes too long is given up', async () => {
  answer = (_request, response) => {
    response.setHeader('content-type', 'text/html');
    const write = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(10_000)));
    };
    response.on('drain', write);
    write();
  };
  const { body, isCut } = await get(`http://127.0.0.2:${port}/`);
  expect([body.length, isCut]).toEqual([1000, true]);
  answer = (_request, response) => response.setHeader('content-type', 'application/zip').end('a');
  await expect(get(`http://127.0.0.2:${port}/`)).rejects.toThrow('application/zip');
  answer = (_request, response) => {
    response.setHeader('content-type', 'text/html').setHeader('content-encoding', 'gzip').end('a');
  };
  await expect(get(`http://127.0.0.2:${port}/`)).rejects.toThrow('gzip');
  answer = (_request, response) => response.writeHead(404).end();
  await expect(get(`http://127.0.0.2:${port}/`)).rejects.toThrow('404');
  const controller = new AbortController();
  answer = () => controller.abort();
  await expect(get(`http://127.0.0.2:${port}/`, { signal: controller.signal })).rejects.toThrow('abort');
});

it.each([
  ...['127.0.0.1', '127.255.0.9', '0.0.0.0', '10.0.0.1', '172.16.0.1', '192.168.1.1', '169.254.169.254'],
  ...['100.64.0.1', '192.0.0.8', '192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '224.0.0.1'],
  ...['240.0.0.1', '255.255.255.255', '::', '::1', '::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:7f00:1'],
  ...['::127.0.0.1', '64:ff9b::a00:1', '64:ff9b:1::1', '2002:7f00:1::', '2001::1', '2001:db8::1', 'fc00::1'],
  ...['fd12:3456::1', 'fe80::1', 'fec0::1', 'ff02::1', '100::1', 'fe80::1%eth0', 'localhost', ''],
])('the server does not go to %j', (address) => {
  expect(publicReach.mayReach(address, 443)).toBe(false);
});

it('the server goes to public addresses, on the ports of the web only', () => {
  for (const address of ['1.1.1.1', '8.8.8.8', '2606:4700:4700::1111', '::ffff:8.8.8.8']) {
    expect([80, 443].map((to) => publicReach.mayReach(address, to))).toEqual([true, true]);
    expect([22, 25, 8080, 6379].some((to) => publicReach.mayReach(address, to))).toBe(false);
  }
});
