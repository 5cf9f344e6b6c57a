import { createSocket, type Socket } from 'node:dgram';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addressLookup } from './public-lookup.ts';

/** A name server that knows `a.example`, and says nothing about other names. */
let server: Socket;
let lookUp: ReturnType<typeof addressLookup>;
const asked: string[] = [];

beforeAll(async () => {
  server = createSocket('udp4', (query, { port, address }) => {
    const { name, end } = nameIn(query);
    asked.push(name);
    if (name === 'a.example') server.send(answerTo(query, end), port, address);
  });
  await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve));
  // It answers in this process, which may be busy with other things.
  lookUp = addressLookup([`127.0.0.1:${server.address().port}`], 20_000);
});
afterAll(() => server.close());

it('finds a name while many others get no answer', async () => {
  for (let other = 0; other < 64; other += 1) lookUp(`dead-${other}.example`).catch(() => {});
  expect(await lookUp('a.example')).toEqual(['192.0.2.7']);
});

it('follows a change of the name servers', async () => {
  let now = 0;
  const servers = ['127.0.0.1:1'];
  const following = addressLookup(servers, 20_000, () => now);
  await expect(following('a.example')).rejects.toThrow('was not found');
  servers[0] = `127.0.0.1:${server.address().port}`;
  now = 10_000;
  expect(await following('a.example')).toEqual(['192.0.2.7']);
});

it('asks nobody about this machine', async () => {
  asked.length = 0;
  for (const name of ['localhost', 'LOCALHOST', 'a.localhost', 'localhost.']) {
    expect(await lookUp(name)).toEqual(['127.0.0.1', '::1']);
  }
  expect(asked).toEqual([]);
});

function nameIn(query: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 5 };
}

/** One address (RFC 1035, section 4) to a question about A, none to others. */
function answerTo(query: Buffer, end: number): Buffer {
  const isForA = query.readUInt16BE(end - 4) === 1;
  const head = Buffer.from(query.subarray(0, end));
  head.writeUInt16BE(0x8180, 2);
  head.writeUInt16BE(isForA ? 1 : 0, 6);
  head.fill(0, 8, 12);
  const record = Buffer.from([0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7]);
  return isForA ? Buffer.concat([head, record]) : head;
}
