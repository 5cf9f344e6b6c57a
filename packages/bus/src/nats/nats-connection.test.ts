import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect as connectTo, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { connect } from '@nats-io/transport-node';
import { FaultProxy, tempFolder } from '@stoa/testkit';
import { startNats, type TestNats } from '@stoa/testkit/nats';
import { afterEach, expect, it } from 'vitest';
import { lost, recordedBus, say } from './testing/recorded-bus.ts';
import { writeTlsFiles } from './testing/tls-files.ts';

const open: { close(): Promise<void> }[] = [];

/** Is closed after the test, in reverse order. */
function closing<T extends { close(): Promise<void> }>(resource: T): T {
  open.push(resource);
  return resource;
}

afterEach(async () => {
  for (const resource of open.splice(0).reverse()) await resource.close();
});

/** Counts the pings on their way to a server. */
async function countingProxy(target: number) {
  let pings = 0;
  const proxy = createServer((client) => {
    const server = connectTo(target, '127.0.0.1');
    client.on('data', (data) => {
      pings += data.toString('latin1').split('PING\r\n').length - 1;
    });
    client.pipe(server).pipe(client);
    for (const socket of [client, server]) socket.on('error', () => {});
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;
  return {
    port,
    pings: () => pings,
    close: async () => {
      proxy.close();
    },
  };
}

async function started(config?: string): Promise<TestNats> {
  return closing(await startNats(config === undefined ? {} : { config }));
}

async function joined(url: string, prefix = `stoa.${randomUUID()}`) {
  const recorded = await recordedBus({ url, prefix });
  closing(recorded.bus);
  return recorded;
}

it('user, password and token are taken from the URL, and shown nowhere', async () => {
  const withUser = await started('authorization { user: ann, password: "s:cret/1" }');
  const withToken = await started('authorization { token: s3cret-token }');
  const right = [
    `nats://ann:s%3Acret%2F1@127.0.0.1:${withUser.port}`,
    `nats://s3cret-token@127.0.0.1:${withToken.port}`,
  ];
  for (const url of right) expect((await joined(url)).bus.connected).toBe(true);
  const wrong = [
    withUser.url,
    `nats://ann:s3cret-other@127.0.0.1:${withUser.port}`,
    `nats://s3cret@127.0.0.1:${withToken.port}`,
  ];
  for (const url of wrong) {
    const { bus, states } = await joined(url);
    expect(bus.connected).toBe(false);
    expect(states[0]).toMatchObject({
      connected: false,
      reason: expect.stringMatching(/authorization violation/i),
    });
    expect(JSON.stringify(states)).not.toMatch(/s3cret|ann/);
  }
});

it('of several servers the first one that answers is taken, and another one when it goes', async () => {
  const [first, second] = [await started(), await started()];
  const gone = await started();
  await gone.stop();
  const one = await joined(`${gone.url},${first.url},${second.url}`);
  expect(one.states).toEqual([
    { connected: false, reason: expect.stringContaining('refused') },
    { connected: true, server: `127.0.0.1:${first.port}` },
  ]);
  await first.stop();
  await one.connectedTo(`127.0.0.1:${second.port}`);
  expect(one.states[2]).toMatchObject({ connected: false });
});

it('installations with different prefixes do not hear each other', async () => {
  const nats = await started();
  const [here, there, alsoHere] = [
    await joined(nats.url, 'stoa.a'),
    await joined(nats.url, 'stoa.b'),
    await joined(nats.url, 'stoa.a'),
  ];
  const [own, foreign] = [await alsoHere.record('user.1'), await there.record('user.1')];
  say(here.bus, 'user.1', 'hello');
  await own.until('hello');
  say(there.bus, 'user.1', 'other');
  expect(await foreign.until('other')).toEqual(['other']);
  expect(own.heard).toEqual(['hello']);
});

it('thousands of subscriptions made at once share a few round trips', async () => {
  const nats = await started();
  const proxy = closing(await countingProxy(nats.port));
  const { bus } = await joined(`nats://127.0.0.1:${proxy.port}`);
  const before = proxy.pings();
  const subscribing = Array.from({ length: 5_000 }, (_, uid) => bus.subscribe(`user.${uid}`, () => {}));
  await Promise.all(subscribing);
  expect(proxy.pings() - before).toBeLessThan(10);
});

it('what is no event of ours is taken for a lost one', async () => {
  const nats = await started();
  const { bus, record } = await joined(nats.url, 'stoa.a');
  const recording = await record('user.1');
  const stranger = await connect({ servers: nats.url });
  for (const payload of [new Uint8Array([0xc1, 1, 2]), 'text', new Uint8Array([0x80])]) {
    stranger.publish('stoa.a.user.1', payload);
  }
  await stranger.flush();
  await stranger.close();
  say(bus, 'user.1', 'after');
  await recording.until(lost);
  await recording.until('after');
  expect(recording.heard.filter((value) => value !== 'after')).toEqual([lost, lost, lost]);
});

it('a server that cuts off a slow node makes it ask for what it missed', async () => {
  const nats = await started('max_pending: 1048576\nwrite_deadline: "1s"');
  const proxy = closing(await FaultProxy.start(nats.port));
  const prefix = 'stoa.a';
  const slow = await joined(`nats://127.0.0.1:${proxy.port}`, prefix);
  const fast = await joined(nats.url, prefix);
  const recording = await slow.record('user.1');
  proxy.stall();
  const large = 'x'.repeat(500_000);
  for (let index = 0; index < 30; index++) say(fast.bus, 'user.1', large);
  // The server has written all that this connection takes, and gives it up.
  await fast.bus.subscribe('settled', () => {});
  proxy.resume();
  await recording.until(lost);
  expect(slow.states.map(({ connected }) => connected)).toEqual([true, false, true]);
});

it('tls:// wants a certificate that is trusted, for a name and for an address', {
  timeout: 60_000,
}, async () => {
  const folder = tempFolder();
  const { certificate, key } = writeTlsFiles(folder.path);
  const nats = await started(`tls { cert_file: "${certificate}", key_file: "${key}" }`);
  const plain = await started();
  const program = fileURLToPath(new URL('./testing/connect-once.ts', import.meta.url));
  const attempt = (url: string, trusted: boolean): string => {
    const env = { ...process.env, ...(trusted ? { NODE_EXTRA_CA_CERTS: certificate } : {}) };
    return spawnSync(process.execPath, [program, url], { env, encoding: 'utf8' }).stdout;
  };
  for (const host of ['localhost', '127.0.0.1']) {
    expect(attempt(`tls://${host}:${nats.port}`, true)).toBe('connected\n');
    expect(attempt(`tls://${host}:${nats.port}`, false)).toMatch(/self-signed certificate/);
  }
  // A server that asks for TLS gets it in any case; one that cannot does not get what was meant to be secret.
  expect(attempt(`nats://127.0.0.1:${nats.port}`, true)).toBe('connected\n');
  expect(attempt(`tls://127.0.0.1:${plain.port}`, true)).toMatch(/does not support 'tls'/);
  folder.remove();
});
