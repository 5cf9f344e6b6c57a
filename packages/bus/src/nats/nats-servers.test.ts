import { expect, it } from 'vitest';
import { parseNatsUrl } from './nats-servers.ts';

it('a URL names one server or several, with or without TLS and credentials', () => {
  expect(parseNatsUrl('nats://bus.example.com')).toEqual([
    { address: 'bus.example.com:4222', tls: false, credentials: {} },
  ]);
  expect(
    parseNatsUrl('nats://10.0.0.1:4223, tls://ann:pass%2Cword%40x@b.example.com,nats://s%3Acret@[::1]:1'),
  ).toEqual([
    { address: '10.0.0.1:4223', tls: false, credentials: {} },
    { address: 'b.example.com:4222', tls: true, credentials: { user: 'ann', pass: 'pass,word@x' } },
    { address: '[::1]:1', tls: false, credentials: { token: 's:cret' } },
  ]);
});

it.each([
  ['', 'must be nats://'],
  ['localhost:4222', 'must be nats://'],
  ['http://secret@host', 'must be nats://'],
  ['nats://', 'must be nats://'],
  ['nats://secret@host:99999', 'must be nats://'],
  ['nats://one,', 'must be nats://'],
  ['nats://secret@host/path', 'must end with the host name'],
  ['nats://secret@host?x=1', 'must end with the host name'],
  ['nats://sec%E0%A4%Aret@host', 'not percent-encoded'],
])('%j is refused without being repeated', (url, problem) => {
  expect(() => parseNatsUrl(url)).toThrow(problem);
  expect(() => parseNatsUrl(url)).not.toThrow('secret');
});
