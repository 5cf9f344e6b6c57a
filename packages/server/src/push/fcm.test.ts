import { generateKeyPairSync } from 'node:crypto';
import { ManualClock } from '@stoa/testkit';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Fcm } from './fcm.ts';
import { readServiceAccount } from './fcm-token.ts';
import { HttpService, type Received, type Reply } from './testing/http-service.ts';
import { callNote, deviceOf, messageNote, never } from './testing/notes.ts';
import { signedToken } from './testing/signed-token.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const clock = new ManualClock();
let service: HttpService;
let fcm: Fcm;
/** The next answers to messages; then they are taken. */
let replies: Reply[] = [];
let tokenReply: Reply | undefined;
let tokens = 0;

/** Gives access tokens to whom the signature proves to be the account, and takes messages with them. */
function reply({ path, headers, body }: Received): Reply {
  if (path === '/token') {
    if (tokenReply !== undefined) return tokenReply;
    const form = new URLSearchParams(body);
    const { header, claims } = signedToken(form.get('assertion') ?? '', publicKey);
    const now = Math.floor(clock.now() / 1_000);
    expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    expect(header).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'key-1' });
    expect(claims).toEqual({
      iss: 'push@chat.example.com',
      scope: 'https://www.googleapis.com/auth/firebase.messaging',
      aud: `${service.url}/token`,
      iat: now,
      exp: now + 3600,
    });
    tokens += 1;
    return {
      status: 200,
      body: { access_token: `access-${tokens}`, expires_in: 3599, token_type: 'Bearer' },
    };
  }
  if (path !== '/v1/projects/chat/messages:send') return { status: 404 };
  if (headers.authorization !== `Bearer access-${tokens}`) return failure(401, 'UNAUTHENTICATED');
  return replies.shift() ?? { status: 200, body: { name: 'projects/chat/messages/1' } };
}

function failure(status: number, code: string, details: object[] = [], headers = {}): Reply {
  const fcmError = { '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode: code };
  return {
    status,
    headers,
    body: { error: { code: status, status: code, details: [fcmError, ...details] } },
  };
}

beforeAll(async () => {
  service = await HttpService.open(reply);
  const account = readServiceAccount(
    JSON.stringify({
      project_id: 'chat',
      client_email: 'push@chat.example.com',
      private_key_id: 'key-1',
      private_key: pem,
      token_uri: `${service.url}/token`,
    }),
  );
  fcm = new Fcm({ account, url: service.url, clock });
});
afterAll(() => service.close());
beforeEach(() => {
  replies = [];
  tokenReply = undefined;
  service.received.length = 0;
});

const send = (note = messageNote) => fcm.send(deviceOf('fcm', { target: 'device-token' }), note, never);
const sent = () => service.received.filter(({ path }) => path.endsWith(':send'));

it('sends a message as data, and with an alert for iPhones', async () => {
  expect(await send()).toEqual({ kind: 'sent' });
  const { message } = JSON.parse(sent()[0]?.body ?? '');
  expect(message).toEqual({
    token: 'device-token',
    data: { stoa: JSON.stringify(messageNote.data) },
    android: { priority: 'HIGH', ttl: '3600s', collapse_key: messageNote.topic },
    apns: {
      headers: {
        'apns-priority': '10',
        'apns-push-type': 'alert',
        'apns-expiration': String(Math.floor(clock.now() / 1_000) + 3600),
        'apns-collapse-id': messageNote.topic,
      },
      payload: {
        aps: expect.objectContaining({
          alert: { title: 'Alice', body: 'Hello' },
          badge: 5,
          sound: 'default',
        }),
      },
    },
  });
});

it('tells that a call is over without showing anything', async () => {
  await send(callNote('call'));
  await send(callNote('call-ended'));
  const [ringing, over] = sent().map(({ body }) => JSON.parse(body).message);
  expect(ringing.apns.payload.aps.alert).toEqual({ title: 'Alice', body: 'Video call' });
  expect(JSON.parse(over.data.stoa).type).toBe('call-ended');
  expect(over.apns).toMatchObject({
    headers: { 'apns-push-type': 'background', 'apns-priority': '5' },
    payload: { aps: { 'content-available': 1 } },
  });
  expect(over.android.collapse_key).toBe(ringing.android.collapse_key);
});

it('asks for an access token once, and anew when it runs out or is not taken', async () => {
  await send();
  const before = tokens;
  await Promise.all([send(), send()]);
  expect(tokens).toBe(before);
  clock.advance(3_400_000);
  await Promise.all([send(), send()]);
  expect(tokens).toBe(before + 1);
  replies.push(failure(401, 'UNAUTHENTICATED'));
  expect(await send()).toEqual({ kind: 'busy' });
  expect(await send()).toEqual({ kind: 'sent' });
  expect(tokens).toBe(before + 2);
});

const badToken = {
  '@type': 'type.googleapis.com/google.rpc.BadRequest',
  fieldViolations: [{ field: 'message.token' }],
};
const refusal = 'status 400, INVALID_ARGUMENT';
it.each([
  ['UNREGISTERED', failure(404, 'UNREGISTERED'), { kind: 'gone' }],
  ['SENDER_ID_MISMATCH', failure(403, 'SENDER_ID_MISMATCH'), { kind: 'gone' }],
  ['a token that is none', failure(400, 'INVALID_ARGUMENT', [badToken]), { kind: 'gone' }],
  ['something else that is wrong', failure(400, 'INVALID_ARGUMENT'), { kind: 'refused', why: refusal }],
  ['QUOTA_EXCEEDED', failure(429, 'QUOTA_EXCEEDED'), { kind: 'busy', seconds: 60, all: true }],
  [
    'QUOTA_EXCEEDED for so long',
    failure(429, 'QUOTA_EXCEEDED', [], { 'retry-after': '90' }),
    { kind: 'busy', seconds: 90, all: true },
  ],
  ['UNAVAILABLE', failure(503, 'UNAVAILABLE', [], { 'retry-after': '5' }), { kind: 'busy', seconds: 5 }],
  ['INTERNAL', { status: 500, body: 'what?' }, { kind: 'busy' }],
])('understands %s', async (_what, answer, outcome) => {
  replies.push(answer);
  expect(await send()).toEqual(outcome);
});

it('says why no access token is given, and no secret', async () => {
  clock.advance(4_000_000);
  tokenReply = { status: 400, body: { error: 'invalid_grant', error_description: pem } };
  const outcome = await send();
  expect(outcome).toEqual({
    kind: 'refused',
    why: 'no access token was given: status 400, invalid_grant',
  });
});

it('names what is wrong with a key file without showing the key', () => {
  const file = {
    project_id: 'a',
    client_email: 'b',
    private_key_id: 'c',
    private_key: 'secret',
    token_uri: 'https://a',
  };
  expect(() => readServiceAccount('{')).toThrow('is not JSON');
  expect(() => readServiceAccount(JSON.stringify({ ...file, project_id: 1 }))).toThrow('has no "project_id"');
  expect(() => readServiceAccount(JSON.stringify(file))).toThrow(/^has no usable "private_key"$/);
  expect(() => readServiceAccount(JSON.stringify({ ...file, token_uri: 'x' }))).toThrow('"token_uri"');
});
