import { startTestNode, type TestNode } from '@stoa/testkit';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { encodeFrame, handshake, opcodes, RawWebSocket } from './testing/raw-web-socket.ts';

/** RFC 6455, section 4: opening, and RFC 7692 [12, 13], which is declined. */
describe('the opening handshake', () => {
  let server: TestNode;
  let client: RawWebSocket;
  beforeAll(async () => {
    server = await startTestNode();
  });
  afterAll(() => server.close());
  afterEach(() => client?.destroy());

  /** Status and headers (by lower-case name) of the answer to these bytes. */
  async function answerTo(request: string): Promise<{ status: number; headers: Map<string, string> }> {
    client = await RawWebSocket.connect(server.port);
    client.write(request);
    const [first = '', ...lines] = (await client.head()).split('\r\n');
    const headers = new Map(
      lines.map((line): [string, string] => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    );
    return { status: Number(first.split(' ')[1]), headers };
  }

  it('is answered with the key of the RFC, without protocol and extensions that nobody asked for', async () => {
    const { status, headers } = await answerTo(handshake());
    expect(status).toBe(101);
    expect(headers.get('sec-websocket-accept')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
    expect(headers.get('upgrade')?.toLowerCase()).toBe('websocket');
    expect(headers.get('connection')?.toLowerCase()).toBe('upgrade');
    expect([...headers.keys()]).not.toContain('sec-websocket-protocol');
    expect([...headers.keys()]).not.toContain('sec-websocket-extensions');
  });

  it.each<[string, Record<string, string | undefined>]>([
    ['other cases', { Upgrade: 'WebSocket', Connection: 'upgrade' }],
    ['several connection options', { Connection: 'keep-alive, Upgrade' }],
    ['an origin and a query are of no matter', { Origin: 'https://elsewhere.example' }],
  ])('takes %s', async (_what, change) => {
    expect((await answerTo(handshake(change, 'GET /ws?v=1 HTTP/1.1'))).status).toBe(101);
  });

  it.each<[string, number, Record<string, string | undefined>, string | undefined]>([
    ['no key', 400, { 'Sec-WebSocket-Key': undefined }, undefined],
    ['an empty key', 400, { 'Sec-WebSocket-Key': '' }, undefined],
    ['a key of 15 bytes', 400, { 'Sec-WebSocket-Key': 'MTIzNDU2Nzg5MDEyMzQ1' }, undefined],
    ['a key that is not base64', 400, { 'Sec-WebSocket-Key': 'not base64, of 24 chars!' }, undefined],
    ['no version', 426, { 'Sec-WebSocket-Version': undefined }, undefined],
    ['version 8', 426, { 'Sec-WebSocket-Version': '8' }, undefined],
    ['version 12', 426, { 'Sec-WebSocket-Version': '12' }, undefined],
    ['version 14', 426, { 'Sec-WebSocket-Version': '14' }, undefined],
    ['another way to write the version', 426, { 'Sec-WebSocket-Version': '0x0d' }, undefined],
    ['an upgrade to something else', 426, { Upgrade: 'h2c' }, undefined],
    ['another method', 405, {}, 'POST /ws HTTP/1.1'],
    ['HTTP/1.0', 426, {}, 'GET /ws HTTP/1.0'],
    ['a subprotocol that is no token', 400, { 'Sec-WebSocket-Protocol': 'stoa.v1.json,,' }, undefined],
    ['a subprotocol twice', 400, { 'Sec-WebSocket-Protocol': 'stoa.v1.json, stoa.v1.json' }, undefined],
    ['only other subprotocols', 400, { 'Sec-WebSocket-Protocol': 'chat, superchat' }, undefined],
    ['another path', 404, {}, 'GET /elsewhere HTTP/1.1'],
  ])('refuses %s with %i and ends the connection', async (_what, expected, change, line) => {
    const { status, headers } = await answerTo(handshake(change, line));
    expect(status).toBe(expected);
    if (expected === 426) expect(headers.get('sec-websocket-version')).toBe('13');
    if (expected === 405) expect(headers.get('allow')).toBe('GET');
    expect(headers.get('connection')?.toLowerCase()).toMatch(/close|upgrade/);
  });

  it('tells who asks without upgrading that he has to', async () => {
    const { status, headers } = await answerTo('GET /ws HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(status).toBe(426);
    expect(headers.get('upgrade')?.toLowerCase()).toBe('websocket');
  });

  it.each([
    ['stoa.v1.json', 'stoa.v1.json'],
    ['stoa.v1.msgpack', 'stoa.v1.msgpack'],
    ['stoa.v1.json, stoa.v1.msgpack', 'stoa.v1.msgpack'],
    ['chat,stoa.v1.json', 'stoa.v1.json'],
  ])('of the subprotocols %s takes %s', async (offered, taken) => {
    const { headers } = await answerTo(handshake({ 'Sec-WebSocket-Protocol': offered }));
    expect(headers.get('sec-websocket-protocol')).toBe(taken);
  });

  it('takes subprotocols that are offered in several lines', async () => {
    const request = handshake({ 'Sec-WebSocket-Protocol': 'chat' }).replace(
      '\r\n\r\n',
      '\r\nSec-WebSocket-Protocol: stoa.v1.json\r\n\r\n',
    );
    expect((await answerTo(request)).headers.get('sec-websocket-protocol')).toBe('stoa.v1.json');
  });

  it.each([
    'permessage-deflate',
    'permessage-deflate; client_max_window_bits; server_no_context_takeover',
    'permessage-deflate; nonsense=1',
    'x-webkit-deflate-frame',
  ])('declines the extension %s, and then a compressed frame', async (offer) => {
    const { status, headers } = await answerTo(handshake({ 'Sec-WebSocket-Extensions': offer }));
    expect(status).toBe(101);
    expect(headers.get('sec-websocket-extensions')).toBe(undefined);
    client.send({ opcode: opcodes.text, payload: 'x', reserved: 4 });
    expect((await client.next())?.payload.readUInt16BE()).toBe(1002);
  });

  it('takes frames that come together with the handshake, however all that is divided', async () => {
    const bytes = Buffer.concat([
      Buffer.from(handshake({ 'Sec-WebSocket-Protocol': 'stoa.v1.json' })),
      encodeFrame({ opcode: opcodes.text, payload: '{"t":"ping"}' }),
    ]);
    const seen = async (cuts: readonly number[]): Promise<void> => {
      client = await RawWebSocket.connect(server.port);
      const places = [0, ...new Set([...cuts].sort((a, b) => a - b)), bytes.length];
      await client.writeApart(places.slice(1).map((end, index) => bytes.subarray(places[index], end)));
      expect(await client.head()).toMatch(/^HTTP\/1.1 101 /);
      expect(String((await client.next())?.payload)).toBe('{"t":"pong"}');
      client.destroy();
    };
    await seen([]);
    await seen(Array.from({ length: bytes.length - 1 }, (_, index) => index + 1));
    const cut = fc.integer({ min: 1, max: bytes.length - 1 });
    await fc.assert(fc.asyncProperty(fc.array(cut, { maxLength: 20 }), seen), { numRuns: 20 });
  });
});

it.each([
  ['says nothing', ''],
  ['does not end its handshake', 'GET /ws HTTP/1.1\r\nHost: localhost\r\nX-Slow: '],
])('a connection that %s is ended in time', async (_what, beginning) => {
  const server = await startTestNode({ env: { STOA_REQUEST_SECONDS: '1' } });
  const client = await RawWebSocket.connect(server.port);
  client.write(beginning);
  // More keeps coming, and none of it counts.
  const dribbling = setInterval(() => client.write(beginning === '' ? '' : 'x'), 50);
  await client.rest();
  clearInterval(dribbling);
  await server.close();
});
