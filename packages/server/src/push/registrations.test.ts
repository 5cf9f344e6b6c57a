import { createECDH, randomBytes } from 'node:crypto';
import { SocketClient, startTestNode, type TestNode, type TestUser, testAppToken } from '@stoa/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { publicLookup } from '../public-lookup.ts';
import { checkEndpoint } from './endpoint.ts';

const point = createECDH('prime256v1').generateKeys('base64url', 'uncompressed');
const keys = { p256dh: point, auth: randomBytes(16).toString('base64url') };

describe('registering for push', () => {
  let server: TestNode;
  let alice: TestUser;
  let client: SocketClient;
  let count = 0;

  beforeAll(async () => {
    server = await startTestNode();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    count += 1;
    alice = await server.addUser(`alice-${count}`);
    client = await SocketClient.open(server.url);
    await client.hello(alice.token);
    return () => client.close();
  });

  /** Resolves to the answer, or to the code of the error. */
  async function ask(op: string, body: object = {}): Promise<unknown> {
    client.send({ t: 'request', id: 1, op, body });
    const answer = await Promise.race([client.next('response'), client.next('error')]);
    return answer.t === 'response' ? answer.body : answer.code;
  }
  async function exported() {
    const response = await fetch(`${server.url}/v1/users/${alice.address}/export`, {
      headers: { authorization: `Bearer ${testAppToken}` },
    });
    const lines = (await response.text()).trim().split('\n');
    return lines.map((line) => JSON.parse(line)).filter(({ kind }) => kind === 'push');
  }
  const subscription = { endpoint: 'https://push.example.com/secret', ...keys };

  it('is seen in the export without the secrets, and ends at the word of the device', async () => {
    expect(await ask('push.register', { subscription })).toEqual({});
    expect(await exported()).toMatchObject([{ provider: 'web-push', createdAt: expect.any(Number) }]);
    expect(JSON.stringify(await exported())).not.toMatch(/secret|p256dh/);
    expect(await ask('push.register', { provider: 'fcm', token: 'a-token' })).toEqual({});
    expect(await exported()).toMatchObject([{ provider: 'fcm' }]);
    expect(await ask('push.unregister')).toEqual({});
    expect(await exported()).toEqual([]);
  });

  it('gives the same public key to everybody', async () => {
    const first = (await ask('push.key')) as { key: string };
    expect(Buffer.from(first.key, 'base64url')).toHaveLength(65);
    expect(await ask('push.key')).toEqual(first);
  });

  it.each([
    ['nothing', {}],
    ['a provider without a token', { provider: 'fcm' }],
    ['both kinds', { subscription, provider: 'fcm', token: 'a' }],
    ['the name of our own kind', { provider: 'web-push', token: 'https://10.0.0.1/' }],
    ['an endpoint without TLS', { subscription: { ...subscription, endpoint: 'http://push.example.com/' } }],
    ['no address at all', { subscription: { ...subscription, endpoint: 'push' } }],
    ['this machine', { subscription: { ...subscription, endpoint: 'https://127.0.0.1:6379/' } }],
    ['a file', { subscription: { ...subscription, endpoint: 'file:///etc/passwd' } }],
    ['a user name', { subscription: { ...subscription, endpoint: 'https://a:b@push.example.com/' } }],
    ['a point that is not on the curve', { subscription: { ...subscription, p256dh: bent(point) } }],
    ['a secret that is too short', { subscription: { ...subscription, auth: 'AAAA' } }],
    [
      'an endpoint that is too long',
      { subscription: { ...subscription, endpoint: `https://a/${'a'.repeat(1100)}` } },
    ],
  ])('refuses %s', async (_what, body) => {
    expect(await ask('push.register', body)).toBe('BAD_FRAME');
    expect(await exported()).toEqual([]);
  });
});

describe('the endpoint of a push service', () => {
  const hosts = [
    '127.1',
    '0x7f000001',
    '2130706433',
    '[::1]',
    '[::ffff:10.0.0.1]',
    '[::ffff:a00:1]',
    '10.1.2.3',
  ].concat([
    ...['169.254.169.254', '192.168.0.1', '172.31.0.1', '100.64.0.1', '0.0.0.0', '[fd00::1]', '[fe80::1]'],
    ...['[64:ff9b::a00:1]', '[2002:a00:1::]', '[::10.0.0.1]', '224.0.0.1', '255.255.255.255'],
  ]);
  it.each(hosts)('is not %s', (host) => {
    expect(() => checkEndpoint(`https://${host}/`, false)).toThrow('public');
    expect(checkEndpoint(`https://${host}/`, true)).toBeInstanceOf(URL);
  });

  it.each(['8.8.8.8', '[2606:4700::1111]', 'push.example.com'])('may be %s', (host) => {
    expect(checkEndpoint(`https://${host}/`, false).pathname).toBe('/');
  });

  it.each([true, false])('is not looked up to this machine (all addresses: %s)', async (all) => {
    const error = await new Promise((resolve) => publicLookup('localhost', { all }, resolve));
    expect(String(error)).toContain('no public address');
  });
});

/** Another point, which is most probably not on the curve: the last bit of y is the other one. */
function bent(key: string): string {
  const bytes = Buffer.from(key, 'base64url');
  bytes[64] = (bytes[64] ?? 0) ^ 1;
  return bytes.toString('base64url');
}
