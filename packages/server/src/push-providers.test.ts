import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { join } from 'node:path';
import {
  ManualClock,
  SocketClient,
  startTestNode,
  type TestNode,
  type TestUser,
  tempFolder,
} from '@stoa/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';

/** FCM and the operator's webhook in one, on this machine. */
const clock = new ManualClock();
const folder = tempFolder();
const ringing: Record<string, string[]> = { fcm: [], hms: [] };
let service: Server;
let server: TestNode;
let alice: TestUser;
let bob: TestUser;

beforeAll(async () => {
  service = createServer(async (request, response) => {
    const body = await textOf(request);
    if (request.url === '/token') {
      response.end(JSON.stringify({ access_token: 'access', expires_in: 3600 }));
      return;
    }
    if (request.url === '/hook') ringing.hms?.push(JSON.parse(body).note.data.type);
    else ringing.fcm?.push(JSON.parse(JSON.parse(body).message.data.stoa).type);
    response.end('{}');
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  const address = service.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const account = {
    project_id: 'chat',
    client_email: 'push@chat.example.com',
    private_key_id: '1',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    token_uri: `${url}/token`,
  };
  const keyFile = join(folder.path, 'fcm.json');
  writeFileSync(keyFile, JSON.stringify(account));
  server = await startTestNode({
    clock,
    env: {
      STOA_FCM_KEY_FILE: keyFile,
      STOA_FCM_URL: url,
      STOA_PUSH_WEBHOOK_URL: `${url}/hook`,
      STOA_PUSH_WEBHOOK_SECRET: 'a secret of the two',
      STOA_CALL_RING_SECONDS: '600',
    },
  });
  [alice, bob] = [await server.addUser('alice'), await server.addUser('bob')];
});
afterAll(async () => {
  await server.close();
  service.close();
  folder.remove();
});

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}
async function open(user: TestUser): Promise<SocketClient> {
  const client = await SocketClient.open(server.url);
  await client.hello(user.token);
  return client;
}

it('tells devices of every provider that somebody calls, and that he has given up', {
  timeout: 60_000,
}, async () => {
  for (const provider of ['fcm', 'hms']) {
    const device = await open(bob);
    device.send({ t: 'request', id: 1, op: 'push.register', body: { provider, token: `${provider}-token` } });
    await device.next('response');
    await device.close();
  }
  const caller = await open(alice);
  const call = 'call-number-000001';
  caller.send({ t: 'call', call, event: { type: 'invite', peer: 'bob', video: false, sdp: 'v=0\r\noffer' } });
  const calling = await caller.next('call', ({ event }) => event.type === 'calling');
  const ticket = 'ticket' in calling.event ? String(calling.event.ticket) : '';
  const becomes = (types: string[]) =>
    expect
      .poll(
        () => {
          clock.advance(1_000);
          caller.send({ t: 'ping' }, { t: 'call', call, event: { type: 'alive', ticket } });
          return ringing;
        },
        { timeout: 25_000, interval: 50 },
      )
      .toEqual({ fcm: types, hms: types });
  await becomes(['call']);
  caller.send({ t: 'call', call, event: { type: 'hangup' } });
  await becomes(['call', 'call-ended']);
  await caller.close();
});

it.each([
  [{ STOA_APNS_KEY_FILE: '/nowhere.p8' }, 'STOA_APNS_KEY_ID must be set'],
  [
    { STOA_FCM_KEY_FILE: '/nowhere.json' },
    'STOA_FCM_KEY_FILE names the file /nowhere.json, which cannot be read',
  ],
  [{ STOA_PUSH_WEBHOOK_URL: 'https://push.example.com' }, 'STOA_PUSH_WEBHOOK_SECRET must be set'],
])('does not start with %j', async (env, message) => {
  await expect(startTestNode({ env })).rejects.toThrow(message);
});
