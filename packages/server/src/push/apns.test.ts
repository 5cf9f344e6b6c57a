import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Http2Server, type ServerHttp2Session } from 'node:http2';
import { ManualClock } from '@stoa/testkit';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Apns, readApnsKey } from './apns.ts';
import type { PushNote } from './note.ts';
import { callNote, deviceOf, messageNote, never } from './testing/notes.ts';
import { signedToken } from './testing/signed-token.ts';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const clock = new ManualClock();
const voip = 'cd'.repeat(32);
let server: Http2Server;
let apns: Apns;
const sessions = new Set<ServerHttp2Session>();
const received: { headers: Record<string, unknown>; body: Record<string, unknown> }[] = [];
let replies: Reply[] = [];
interface Reply {
  readonly status: number;
  readonly headers?: object;
  readonly body?: object;
}

/** Apple's service: HTTP/2 alone, and nothing without a signed token that is young enough. */
beforeAll(async () => {
  server = createServer();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
  });
  server.on('stream', async (stream, headers) => {
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part);
    const reply = judge(String(headers.authorization)) ?? replies.shift() ?? { status: 200 };
    if (reply.status === 200) {
      received.push({ headers: { ...headers }, body: JSON.parse(Buffer.concat(parts).toString()) });
    }
    stream.respond({ ':status': reply.status, ...reply.headers });
    stream.end(reply.body === undefined ? '' : JSON.stringify(reply.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const key = readApnsKey(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  apns = new Apns({ key, keyId: 'KEY1234567', teamId: 'TEAM123456', topic: 'com.example.chat', url, clock });
});
afterAll(() => {
  apns.close();
  server.close();
});
beforeEach(() => {
  received.length = 0;
  replies = [];
});

function judge(authorization: string): Reply | undefined {
  const { header, claims } = signedToken(authorization.replace(/^bearer /, ''), publicKey);
  const age = clock.now() / 1_000 - Number(claims.iat);
  const isRight =
    header.alg === 'ES256' && header.kid === 'KEY1234567' && claims.iss === 'TEAM123456' && age <= 3600;
  return isRight ? undefined : { status: 403, body: { reason: 'InvalidProviderToken' } };
}

const send = (note: PushNote = messageNote, device = deviceOf('apns')) => apns.send(device, note, never);

it('sends a message as an alert, with topic, collapse id and badge', async () => {
  expect(await send()).toEqual({ kind: 'sent' });
  expect(received).toEqual([
    {
      headers: expect.objectContaining({
        ':method': 'POST',
        ':path': `/3/device/${'ab'.repeat(32)}`,
        'apns-topic': 'com.example.chat',
        'apns-push-type': 'alert',
        'apns-priority': '10',
        'apns-expiration': String(Math.floor(clock.now() / 1_000) + 3600),
        'apns-collapse-id': messageNote.topic,
      }),
      body: {
        aps: {
          alert: { title: 'Alice', body: 'Hello' },
          badge: 5,
          sound: 'default',
          'thread-id': messageNote.topic,
          'mutable-content': 1,
        },
        stoa: messageNote.data,
      },
    },
  ]);
});

it('rings by the VoIP token, and says by the other one that the call is over', async () => {
  await send(callNote('call'), deviceOf('apns', { voip }));
  await send(callNote('call-ended'), deviceOf('apns', { voip }));
  await send(callNote('call'));
  expect(received).toMatchObject([
    {
      headers: {
        ':path': `/3/device/${voip}`,
        'apns-topic': 'com.example.chat.voip',
        'apns-push-type': 'voip',
      },
      body: { aps: {}, stoa: { type: 'call', call: 'call-number-1' } },
    },
    {
      headers: {
        ':path': `/3/device/${'ab'.repeat(32)}`,
        'apns-push-type': 'background',
        'apns-priority': '5',
      },
      body: { aps: { 'content-available': 1 }, stoa: { type: 'call-ended' } },
    },
    {
      headers: { 'apns-push-type': 'alert' },
      body: { aps: { alert: { title: 'Alice', body: 'Video call' } } },
    },
  ]);
});

it('tells a device with a VoIP token alone of calls only', async () => {
  const device = deviceOf('apns-voip', { target: voip });
  for (const note of [messageNote, callNote('call'), callNote('call-ended')]) {
    expect(await send(note, device)).toEqual({ kind: 'sent' });
  }
  expect(received.map(({ body }) => (body.stoa as { type: string }).type)).toEqual(['call', 'call-ended']);
});

it('renews its token before it is too old, not for each note', async () => {
  for (const minutes of [0, 10, 29, 2]) {
    clock.advance(minutes * 60_000);
    expect(await send()).toEqual({ kind: 'sent' });
  }
  const tokens = received.map(({ headers }) => headers.authorization);
  expect(tokens[1]).toBe(tokens[0]);
  expect(tokens[3]).not.toBe(tokens[0]);
});

it('connects again when the service has ended the connection', async () => {
  await send();
  for (const session of sessions) session.goaway();
  await Promise.all(
    [...sessions].map((session) => new Promise((resolve) => session.close(() => resolve(0)))),
  );
  expect(await send()).toEqual({ kind: 'sent' });
});

const [past, future] = [1, Date.UTC(2100)];
it.each([
  [
    '410 Unregistered',
    { status: 410, body: { reason: 'Unregistered', timestamp: future } },
    { kind: 'gone' },
  ],
  [
    '410 of an older installation',
    { status: 410, body: { reason: 'Unregistered', timestamp: past } },
    { kind: 'sent' },
  ],
  ['BadDeviceToken', { status: 400, body: { reason: 'BadDeviceToken' } }, { kind: 'gone' }],
  ['DeviceTokenNotForTopic', { status: 400, body: { reason: 'DeviceTokenNotForTopic' } }, { kind: 'gone' }],
  ['ExpiredProviderToken', { status: 403, body: { reason: 'ExpiredProviderToken' } }, { kind: 'busy' }],
  [
    'TooManyRequests',
    { status: 429, headers: { 'retry-after': '7' }, body: { reason: 'TooManyRequests' } },
    { kind: 'busy', seconds: 7 },
  ],
  [
    'TooManyProviderTokenUpdates',
    { status: 429, body: { reason: 'TooManyProviderTokenUpdates' } },
    { kind: 'busy', all: true },
  ],
  ['ServiceUnavailable', { status: 503, body: { reason: 'ServiceUnavailable' } }, { kind: 'busy' }],
  [
    'BadTopic',
    { status: 400, body: { reason: 'BadTopic' } },
    { kind: 'refused', why: 'status 400, BadTopic' },
  ],
])('understands %s', async (_what, reply, outcome) => {
  replies.push(reply);
  expect(await send(messageNote, deviceOf('apns', { createdAt: 1_000 }))).toEqual(outcome);
});

it('asks nothing for what is no token', async () => {
  expect(await send(messageNote, deviceOf('apns', { target: '../../secret' }))).toEqual({ kind: 'gone' });
  expect(received).toEqual([]);
});

it('takes keys on P-256 alone', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const pem = rsa.export({ type: 'pkcs8', format: 'pem' }).toString();
  for (const text of [pem, 'nonsense']) expect(() => readApnsKey(text)).toThrow('P-256');
});
