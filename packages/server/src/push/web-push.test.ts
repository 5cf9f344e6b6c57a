import { createPublicKey, verify } from 'node:crypto';
import {
  ManualClock,
  type Pushed,
  PushService,
  SocketClient,
  startTestNode,
  type TestNode,
  type TestUser,
  testAppToken,
} from '@stoa/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encryptForReceiver } from './encrypt.ts';

describe('encryption for a receiver', () => {
  it('gives the example of RFC 8291, section 5', () => {
    const from = (text: string) => Buffer.from(text, 'base64url');
    const encrypted = encryptForReceiver(
      Buffer.from('When I grow up, I want to be a watermelon'),
      {
        p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
        auth: 'BTBZMqHH6r4Tts7J_aSIgg',
      },
      {
        salt: from('DGv6ra1nlYgDCS1FRnbzlw'),
        privateKey: from('yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw'),
      },
    );
    expect(Buffer.from(encrypted).toString('base64url')).toBe(
      'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz' +
        'AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
    );
  });
});

describe('a call to somebody who is away', () => {
  const clock = new ManualClock();
  let server: TestNode;
  let alice: TestUser;
  let bob: TestUser;
  let caller: SocketClient;
  let service: PushService;
  let count = 0;

  beforeAll(async () => {
    server = await startTestNode({
      clock,
      env: { STOA_PUSH_PRIVATE_ADDRESSES: 'yes', STOA_CALL_RING_SECONDS: '600' },
    });
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    count += 1;
    [alice, bob] = [await server.addUser(`alice-${count}`), await server.addUser(`bob-${count}`)];
    service = new PushService();
    await service.open();
    const phone = await open(bob);
    await ask(phone, 'push.register', { subscription: service.subscription });
    await phone.close();
    caller = await open(alice);
    return async () => {
      service.close();
      await caller.close();
    };
  });

  async function open(user: TestUser): Promise<SocketClient> {
    const client = await SocketClient.open(server.url);
    await client.hello(user.token);
    return client;
  }
  async function ask(client: SocketClient, op: string, body: object = {}): Promise<Record<string, unknown>> {
    client.send({ t: 'request', id: 1, op, body });
    return (await client.next('response')).body;
  }
  /** A second after the other passes, and the caller stays, until so many notes have come. */
  async function pushes(wanted: number): Promise<Pushed[]> {
    await expect
      .poll(
        async () => {
          clock.advance(1_000);
          caller.send({ t: 'ping' }, { t: 'call', call: callId(), event: { type: 'alive', ticket } });
          await caller.next('pong');
          return service.pushed.length;
        },
        { timeout: 25_000, interval: 50 },
      )
      .toBeGreaterThanOrEqual(wanted);
    return service.pushed;
  }
  const callId = () => `call-number-${String(count).padStart(6, '0')}`;
  let ticket = '';
  async function invite(): Promise<void> {
    const event = { type: 'invite', peer: bob.address, video: true, sdp: 'v=0\r\noffer' };
    caller.send({ t: 'call', call: callId(), event });
    const calling = await caller.next('call', (frame) => frame.event.type === 'calling');
    ticket = 'ticket' in calling.event ? String(calling.event.ticket) : '';
  }

  it('wakes his device with a note that it alone can read, signed with the key of the server', async () => {
    await invite();
    const [pushed] = await pushes(1);
    const { headers = {}, data } = pushed ?? {};
    expect(data).toMatchObject({ type: 'call', call: callId(), from: alice.address, video: true });
    expect(headers).toMatchObject({ 'content-encoding': 'aes128gcm', urgency: 'high', ttl: '600' });
    expect(headers.topic).toMatch(/^[\w-]{1,32}$/);

    const [, token = '', key = ''] = /^vapid t=(\S+), k=(\S+)$/.exec(headers.authorization ?? '') ?? [];
    expect(await ask(caller, 'push.key')).toEqual({ key });
    const [head = '', claims = '', signature = ''] = token.split('.');
    const point = Buffer.from(key, 'base64url');
    const [x = '', y = ''] = [point.subarray(1, 33), point.subarray(33)].map((part) =>
      part.toString('base64url'),
    );
    const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
    const signed = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
    expect(
      verify('sha256', Buffer.from(`${head}.${claims}`), signed, Buffer.from(signature, 'base64url')),
    ).toBe(true);
    const { aud, exp, sub } = JSON.parse(Buffer.from(claims, 'base64url').toString());
    expect([aud, sub]).toEqual([service.origin, 'mailto:admin@localhost']);
    expect(exp * 1_000 - clock.now()).toBeLessThanOrEqual(24 * 3600 * 1_000);
  });

  it('wakes it at once, before the caller is told that nobody rings', async () => {
    await invite();
    clock.advance(1_000);
    await expect.poll(() => service.pushed.length).toBe(1);
    const waking = caller.next('call', ({ event }) => event.type === 'waking');
    clock.advance(1_000);
    await waking;
    expect(service.pushed).toHaveLength(1);
  });

  it('tells his device when it is over', async () => {
    await invite();
    await pushes(1);
    caller.send({ t: 'call', call: callId(), event: { type: 'hangup' } });
    const [first, second] = await pushes(2);
    expect(second?.data).toMatchObject({ type: 'call-ended', call: callId() });
    expect(second?.headers.topic).toBe(first?.headers.topic);
  });

  it('tries again when the push service is busy', async () => {
    service.answers.push(429, 503);
    await invite();
    const notes = await pushes(3);
    expect(notes.map(({ data }) => data.type)).toEqual(['call', 'call', 'call']);
  });

  it('forgets a device that its push service does not know any more', async () => {
    service.answers.push(410);
    await invite();
    await pushes(1);
    await expect.poll(() => exportedPush()).toEqual([]);
  });
  async function exportedPush(): Promise<unknown[]> {
    const response = await fetch(`${server.url}/v1/users/${bob.address}/export`, {
      headers: { authorization: `Bearer ${testAppToken}` },
    });
    return (await response.text()).split('\n').filter((line) => line.includes('"kind":"push"'));
  }
});
