import { Client, memoryStore } from '@stoa/client';
import { groupFlags } from '@stoa/protocol';
import { addUser, FaultProxy, ServerProcess, tempFolder, until, within } from '@stoa/testkit';
import { startNats, type TestNats } from '@stoa/testkit/nats';
import { startPostgres, type TestPostgres } from '@stoa/testkit/postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

/** Two servers as they run in earnest: processes of their own on PostgreSQL and NATS. */
describe('two nodes', { timeout: 180_000 }, () => {
  let postgres: TestPostgres;
  let nats: TestNats;
  let one: ServerProcess;
  let other: ServerProcess;
  /** What clients connect to: leads to one of the nodes, like a load balancer. */
  let balancer: FaultProxy;
  let clients: Client[];
  let env: Record<string, string>;
  const folder = tempFolder();

  beforeAll(async () => {
    [postgres, nats] = await Promise.all([startPostgres({ fsync: 'on' }), startNats()]);
  }, 120_000);
  afterAll(async () => {
    await nats?.close();
    await postgres?.close();
    folder.remove();
  });
  beforeEach(async () => {
    clients = [];
    env = {
      STOA_DATABASE_URL: await postgres.createDatabase(),
      STOA_NATS_URL: nats.url,
      // Enough to look at a node that is stopping, on a busy machine too.
      STOA_DRAIN_SECONDS: '5',
    };
    // Together: they agree on who prepares the database and makes the first app.
    [one, other] = (await Promise.all(
      ['one', 'other'].map((name) => ServerProcess.start({ dataDir: `${folder.path}/${name}`, env })),
    )) as [ServerProcess, ServerProcess];
    balancer = await FaultProxy.start(one.port);
  }, 120_000);
  afterEach(async () => {
    await Promise.all(clients.map((client) => client.stop()));
    await balancer.close();
    await Promise.all([one.kill(), other.kill()]);
  });

  /** A client of the user, and the texts that it has received in order. */
  async function connect(address: string, url: string): Promise<{ client: Client; texts: string[] }> {
    const { token } = await addUser(other.url, address);
    const client = new Client({ url, token, store: memoryStore() });
    const texts: string[] = [];
    client.on('message', ({ content, outgoing }) => {
      if (!outgoing) texts.push(content?.text ?? '');
    });
    clients.push(client);
    await client.start();
    await until(() => client.status.state === 'online', soon, `${address} to be online`, 30_000);
    return { client, texts };
  }

  it('carry the messages of groups, each of a hunt group to one member', async () => {
    const [alice, bob, carol] = [
      await connect('alice', one.url),
      await connect('bob', one.url),
      await connect('carol', other.url),
    ];
    const members = ['bob', 'carol'];
    const band = await alice.client.groups.create({ name: 'Band', members });
    const hunt = await alice.client.groups.create({
      name: 'Hunt',
      members,
      flags: groupFlags.receiveRoundRobin,
    });
    const texts = Array.from({ length: 10 }, (_, index) => `to all ${index}`);
    for (const text of texts) await alice.client.send({ gid: band.gid }, { content: { text } }).sent;
    const toOne = Array.from({ length: 10 }, (_, index) => `to one ${index}`);
    for (const text of toOne) await alice.client.send({ gid: hunt.gid }, { content: { text } }).sent;
    const heard = (texts: readonly string[], kind: string) => texts.filter((text) => text.startsWith(kind));
    await expect
      .poll(() => heard([...bob.texts, ...carol.texts], 'to one').sort(), { timeout: 30_000 })
      .toEqual(toOne);
    await expect.poll(() => heard(carol.texts, 'to all'), { timeout: 30_000 }).toEqual(texts);
    await expect.poll(() => heard(bob.texts, 'to all'), { timeout: 30_000 }).toEqual(texts);
    expect(heard(bob.texts, 'to one')).toHaveLength(5);
    expect(alice.texts).toEqual([]);
  });

  async function sendAll(client: Client, peer: string, texts: readonly string[], window = 10): Promise<void> {
    for (let start = 0; start < texts.length; start += window) {
      const batch = texts.slice(start, start + window);
      await Promise.all(batch.map((text) => client.send({ peer }, { content: { text } }).sent));
    }
  }

  const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index));

  it('are one server to those who write to each other, also while NATS is restarted', async () => {
    const pairs = await Promise.all(
      numbers(10).map(async (pair) => ({
        from: await connect(`from-${pair}`, one.url),
        to: await connect(`to-${pair}`, other.url),
        peer: `to-${pair}`,
      })),
    );
    const texts = numbers(300);
    const send = (from: number, to: number) =>
      Promise.all(pairs.map((pair) => sendAll(pair.from.client, pair.peer, texts.slice(from, to))));
    const arrive = async (count: number, what: string) => {
      for (const { to } of pairs) await until(() => to.texts.length === count, soon, what, 40_000);
    };
    await send(0, 100);
    await arrive(100, 'the messages before');
    await nats.kill();
    await send(100, 200);
    await arrive(200, 'the messages without NATS');
    await nats.start();
    await send(200, 300);
    await arrive(300, 'the messages afterwards');
    for (const { to } of pairs) expect(to.texts).toEqual(texts);
  });

  it('move everybody when one of them stops, and lose, repeat and disorder nothing', async () => {
    const pairs = await Promise.all(
      numbers(5).map(async (pair) => ({
        from: await connect(`from-${pair}`, balancer.url),
        to: await connect(`to-${pair}`, balancer.url),
        peer: `to-${pair}`,
      })),
    );
    const texts = numbers(200);
    const sending = pairs.map(({ from, peer }) => sendAll(from.client, peer, texts));
    await until(() => (pairs[0]?.to.texts.length ?? 0) > 20, soon, 'the load to begin', 30_000);

    one.signal('SIGTERM');
    await until(() => one.log.includes('stopping'), soon, 'the node to begin to stop');
    expect((await fetch(`${one.url}/readyz`)).status).toBe(503);
    // What a load balancer does when a node is not ready any more.
    balancer.retarget(other.port);
    expect(await one.ended()).toBe(0);

    await within(Promise.all(sending), 'every message to be acknowledged', 60_000);
    for (const { to } of pairs) {
      await until(() => to.texts.length >= texts.length, soon, 'every message to arrive', 30_000);
      expect(to.texts).toEqual(texts);
    }
  });

  it('end at once when they are told to stop twice', async () => {
    const slow = await ServerProcess.start({
      dataDir: `${folder.path}/slow`,
      env: { ...env, STOA_DRAIN_SECONDS: '600' },
    });
    await connect('alice', slow.url);
    slow.signal('SIGTERM');
    await until(() => slow.log.includes('stopping'), soon, 'the node to begin to stop');
    slow.signal('SIGTERM');
    expect(await slow.ended()).toBe(130);
  });
});

/** Looks again in the next turns of the event loop. */
function soon(look: () => void): () => void {
  const timer = setInterval(look, 10);
  return () => clearInterval(timer);
}
