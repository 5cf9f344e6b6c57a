import { createHmac } from 'node:crypto';
import { SocketClient, startTestNode } from '@stoa/testkit';
import { expect, it } from 'vitest';
import { turnServers } from './turn-servers.ts';

const now = Date.UTC(2026, 0, 1);

it('credentials say when they expire and whose they are, and are signed as TURN servers expect', () => {
  const urls = ['stun:a.example.com', 'turn:b.example.com:3478', 'turns:b.example.com?transport=tcp'];
  const { servers, seconds } = turnServers({ urls, secret: 'shared secret', seconds: 3_600 }, 17, now);
  const username = `${now / 1000 + 3_600}:17`;
  const credential = createHmac('sha1', 'shared secret').update(username).digest('base64');
  expect(servers).toEqual([{ urls: urls.slice(0, 1) }, { urls: urls.slice(1), username, credential }]);
  expect(seconds).toBe(3_600);
});

it('without servers there is nothing to configure', () => {
  expect(turnServers({ urls: [], secret: null, seconds: 3_600 }, 17, now).servers).toEqual([]);
});

it('a client asks for them over its connection', async () => {
  const server = await startTestNode({
    env: { STOA_TURN_URLS: 'stun:a.example.com,turn:b.example.com', STOA_TURN_SECRET: 'shared secret' },
  });
  const alice = await server.addUser('alice');
  const socket = await SocketClient.open(server.url);
  const { uid } = await socket.hello(alice.token);
  socket.send({ t: 'request', id: 1, op: 'calls.servers', body: {} });
  const { body } = await socket.next('response');
  expect(body).toMatchObject({
    seconds: 43_200,
    servers: [
      { urls: ['stun:a.example.com'] },
      { username: expect.stringMatching(new RegExp(`^\\d+:${uid}$`)) },
    ],
  });
  await socket.close();
  await server.close();
});
