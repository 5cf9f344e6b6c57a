import { InProcessHub } from '@stoa/bus';
import { Client, type LocalMessage, memoryStore } from '@stoa/client';
import { FaultProxy, startJoinedNodes, startTestNode, type TestNode, until } from '@stoa/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Each device goes its own way to the server, so that each can be away by itself. */
interface TestDevice {
  readonly client: Client;
  readonly proxy: FaultProxy;
}

describe('the devices of one user', () => {
  let server: TestNode;
  const devices: TestDevice[] = [];

  beforeAll(async () => {
    server = await startTestNode();
  });
  afterAll(async () => {
    await Promise.all(devices.map(({ client }) => client.stop()));
    await Promise.all(devices.map(({ proxy }) => proxy.close()));
    await server.close();
  });

  async function device(address: string): Promise<TestDevice> {
    const { token } = await server.addUser(address);
    const proxy = await FaultProxy.start(server.port);
    const client = new Client({ url: proxy.url, token, store: memoryStore() });
    devices.push({ client, proxy });
    await client.start();
    await reaches(client, () => client.status.state === 'online', 'the connection');
    return { client, proxy };
  }

  const texts = async (client: Client, peer: string): Promise<(string | undefined)[]> =>
    (await client.messages({ peer }, { limit: 500 })).map(({ content }) => content?.text).reverse();

  const statuses = async (client: Client, peer: string): Promise<string[]> =>
    (await client.messages({ peer }, { limit: 500 })).map(({ status }) => status);

  const unread = async (client: Client, peer: string): Promise<number | undefined> =>
    (await client.conversation({ peer }))?.unread;

  it('have the same messages in the same order, whoever sent them and whoever was away', {
    timeout: 60_000,
  }, async () => {
    const [phone, laptop, tablet, bob] = [
      await device('alice'),
      await device('alice'),
      await device('alice'),
      await device('bob'),
    ];
    const own = [phone, laptop, tablet];
    const heard = own.map(({ client }) => {
      const messages: LocalMessage[] = [];
      client.on('message', (message) => messages.push(message));
      return messages;
    });
    const sent: Promise<unknown>[] = [];
    const write = ({ client }: TestDevice, peer: string, text: string) =>
      sent.push(client.send({ peer }, { content: { text } }).sent);

    for (let round = 0; round < 20; round += 1) {
      // The tablet is away for the middle third, and goes on writing.
      if (round === 7) tablet.proxy.refuse();
      if (round === 14) tablet.proxy.resume();
      write(phone, 'bob', `phone ${round}`);
      write(laptop, 'bob', `laptop ${round}`);
      write(tablet, 'bob', `tablet ${round}`);
      write(bob, 'alice', `bob ${round}`);
    }
    await Promise.all(sent);
    for (const [index, { client }] of own.entries()) {
      await reaches(client, () => heard[index]?.length === 80, `80 messages on device ${index}`);
    }
    await reaches(bob.client, async () => (await texts(bob.client, 'alice')).length === 80, 'all for Bob');

    const order = await texts(bob.client, 'alice');
    expect(new Set(order).size).toBe(80);
    for (const { client } of own) expect(await texts(client, 'bob')).toEqual(order);
    for (const name of ['phone', 'laptop', 'tablet', 'bob']) {
      const mine = order.filter((text) => text?.startsWith(`${name} `));
      expect(mine).toEqual(Array.from({ length: 20 }, (_, round) => `${name} ${round}`));
    }
    // What a device heard live is what it has stored, each once.
    for (const messages of heard) {
      expect(messages.map(({ content }) => content?.text).sort()).toEqual(order.toSorted());
    }
  });

  it('agree on what was read and received, also a device that was away meanwhile', {
    timeout: 60_000,
  }, async () => {
    const [phone, laptop, tablet, dora] = [
      await device('carol'),
      await device('carol'),
      await device('carol'),
      await device('dora'),
    ];
    const own = [phone, laptop, tablet];
    for (const text of ['one', 'two', 'three']) dora.client.send({ peer: 'carol' }, { content: { text } });
    for (const { client } of own) {
      await reaches(client, async () => (await unread(client, 'dora')) === 3, 'three unread messages');
    }
    tablet.proxy.refuse();
    await reaches(tablet.client, () => tablet.client.status.state !== 'online', 'the tablet to be away');
    await phone.client.markRead({ peer: 'dora' }, { upTo: 2 });
    await reaches(
      laptop.client,
      async () => (await unread(laptop.client, 'dora')) === 1,
      'one unread message',
    );
    await laptop.client.markRead({ peer: 'dora' });
    await reaches(phone.client, async () => (await unread(phone.client, 'dora')) === 0, 'nothing unread');
    expect(await unread(tablet.client, 'dora')).toBe(3);
    await reaches(
      dora.client,
      async () => (await statuses(dora.client, 'carol')).every((status) => status === 'read'),
      'Dora to know',
    );

    await phone.client.send({ peer: 'dora' }, { content: { text: 'answer' } }).sent;
    await reaches(
      dora.client,
      async () => (await texts(dora.client, 'carol')).includes('answer'),
      'the answer to arrive',
    );
    await dora.client.markRead({ peer: 'carol' });
    const isRead = async ({ client }: TestDevice) => (await statuses(client, 'dora'))[0] === 'read';
    for (const one of [phone, laptop]) await reaches(one.client, () => isRead(one), 'the answer to be read');

    tablet.proxy.resume();
    await reaches(
      tablet.client,
      async () => (await unread(tablet.client, 'dora')) === 0,
      'the tablet to agree',
    );
    await reaches(tablet.client, () => isRead(tablet), 'the tablet to know that the answer was read');
    const [expected] = await Promise.all([texts(phone.client, 'dora')]);
    expect(await texts(tablet.client, 'dora')).toEqual(expected);
  });
});

/** Looks again at everything that the client tells, and now and then. */
async function reaches(
  client: Client,
  condition: () => boolean | Promise<boolean>,
  what: string,
): Promise<void> {
  let holds = false;
  const look = async (): Promise<void> => {
    holds = await condition();
  };
  await look();
  await until(
    () => holds,
    (again) => {
      const check = () => void look().then(again);
      const offs = [
        client.on('status', check),
        client.on('message', check),
        client.on('update', check),
        client.on('conversation', check),
      ];
      check();
      const timer = setInterval(check, 50);
      return () => {
        clearInterval(timer);
        for (const off of offs) off();
      };
    },
    what,
    30_000,
  );
}

it('devices of one user on two nodes end with one draft, also when both change it at once', async () => {
  const hub = new InProcessHub();
  const joined = await startJoinedNodes({ buses: [hub.connect(), hub.connect()] });
  const clients: Client[] = [];
  try {
    for (const node of joined.nodes) {
      const { token } = await node.addUser('alice');
      const client = new Client({ url: node.url, token, store: memoryStore() });
      clients.push(client);
      await client.start();
      await reaches(client, () => client.status.state === 'online', 'the connection');
    }
    const drafts = async () =>
      await Promise.all(
        clients.map(async (client) => (await client.conversation({ peer: 'bob' }))?.draft?.text),
      );
    for (let round = 1; round <= 10; round += 1) {
      await Promise.all(
        clients.map((client, index) => client.setDraft({ peer: 'bob' }, { text: `${round}.${index}` })),
      );
      await expect.poll(async () => new Set(await drafts()).size, { timeout: 20_000 }).toBe(1);
    }
  } finally {
    await Promise.all(clients.map((client) => client.stop()));
    await joined.close();
  }
});
