import 'fake-indexeddb/auto';
import { randomUUID } from 'node:crypto';
import { indexedDbStore } from '@stoa/client/indexed-db';
import { FaultProxy, ManualClock, startTestNode, type TestNode, type TestUser, until } from '@stoa/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Client, type ClientOptions, type LocalMessage } from '../index.ts';
import { type FakeTab, TabWorld } from '../testing/tab-world.ts';

interface Tab {
  readonly tab: FakeTab;
  readonly client: Client;
  readonly clock: ManualClock;
  /** Texts of the `message` events, in order. */
  readonly texts: string[];
  readonly statuses: string[];
}

describe('tabs that share a client', () => {
  let server: TestNode;
  let proxy: FaultProxy;
  let world: TabWorld;
  let store: string;
  let alice: TestUser;
  let bob: Client;
  let users = 0;
  const clients: Client[] = [];

  beforeAll(async () => {
    server = await startTestNode();
    proxy = await FaultProxy.start(server.port);
  });
  afterAll(async () => {
    await proxy.close();
    await server.close();
  });
  beforeEach(async () => {
    users += 1;
    world = new TabWorld();
    store = randomUUID();
    alice = await server.addUser(`alice-${users}`);
    const { token } = await server.addUser(`bob-${users}`);
    bob = new Client({ url: server.url, token });
    clients.push(bob);
    await bob.start();
    await reaches(() => bob.status.state === 'online', 'Bob to be online');
  });
  afterEach(async () => {
    proxy.resume();
    await Promise.all(clients.splice(0).map((client) => Promise.race([client.stop(), soon()])));
    await server.sessionsOf(0);
  });

  const peer = () => ({ peer: `bob-${users}` });
  const self = () => ({ peer: `alice-${users}` });
  const text = (value: string) => ({ content: { text: value } });

  function openTab(options: Partial<ClientOptions> = {}): Tab {
    const tab = world.openTab();
    const clock = new ManualClock(Date.now());
    const client = new Client({
      url: proxy.url,
      token: alice.token,
      store: tab.store(indexedDbStore(store)),
      tabPlatform: tab.platform,
      webSocket: tab.webSocket,
      clock,
      // No two tabs make the same ids.
      random: () => (clients.length % 200) / 256,
      ...options,
    });
    clients.push(client);
    const [texts, statuses]: [string[], string[]] = [[], []];
    client.on('message', ({ content }) => texts.push(content?.text ?? ''));
    client.on('status', ({ state }) => statuses.push(state));
    client.on('problem', () => {});
    return { tab, client, clock, texts, statuses };
  }

  async function startTab(options: Partial<ClientOptions> = {}): Promise<Tab> {
    const opened = openTab(options);
    await opened.client.start();
    await reaches(() => opened.client.status.state === 'online', 'a tab to be online');
    return opened;
  }

  const leaderOf = (tabs: readonly Tab[]): Tab => {
    const holder = world.holderOf(`stoa:${store}:leader`);
    const found = tabs.find(({ tab }) => tab === holder);
    if (found === undefined) throw new Error('no leader');
    return found;
  };

  const read = async (client: Client): Promise<string[]> =>
    (await client.messages(peer(), { limit: 200 })).map(({ content }) => content?.text ?? '').reverse();

  it('have one connection and one device, and all know who they are', async () => {
    // Of the time that the server says, their own clocks know nothing.
    const behind = () => ({ clock: new ManualClock(Date.now() - 3_600_000) });
    const tabs = [await startTab(behind()), await startTab(behind()), await startTab(behind())];
    await server.sessionsOf(2);
    const devs = new Set(tabs.map(({ client }) => client.self?.dev));
    expect(devs.size).toBe(1);
    for (const { client } of tabs) {
      expect(client.status).toMatchObject({ state: 'online', self: { address: `alice-${users}` } });
      expect(Math.abs(client.serverTime() - Date.now())).toBeLessThan(600_000);
    }
    const { devices } = (await tabs[2]?.client.request('devices.list', {})) ?? { devices: [] };
    expect(devices).toHaveLength(1);
  });

  it('are online when they are stopped and started again at once, and send what was handed in', async () => {
    const { client } = openTab();
    const starts = [client.start().catch(() => {})];
    for (let time = 0; time < 2; time += 1) {
      const stopping = client.stop();
      const { sent } = client.send(peer(), text(`${time}`));
      starts.push(client.start());
      await stopping;
      await reaches(() => client.status.state === 'online', 'the tab to be online');
      expect((await sent).status).not.toBe('outbox');
    }
    await Promise.all(starts);
    await client.stop();
    expect(client.status.state).toBe('stopped');
  });

  it('are told the same, whoever sends, and show the same', async () => {
    const tabs = [await startTab(), await startTab(), await startTab()];
    for (const [index, { client }] of tabs.entries()) {
      const { message, sent } = client.send(peer(), text(`from ${index}`));
      expect(message).toMatchObject({ status: 'outbox', content: { text: `from ${index}` } });
      expect((await sent).status).not.toBe('outbox');
    }
    await bob.send(self(), text('from Bob')).sent;
    const expected = ['from 0', 'from 1', 'from 2', 'from Bob'];
    for (const { client, texts } of tabs) {
      await reaches(() => texts.length === 4, 'four messages');
      expect(texts).toEqual(expected);
      expect(await read(client)).toEqual(expected);
      expect(await client.conversation(peer())).toMatchObject({ unread: 1 });
    }
    await tabs[1]?.client.markRead(peer());
    for (const { client } of tabs) {
      await reaches(async () => (await client.conversation(peer()))?.unread === 0, 'nothing unread');
    }
  });

  it('tell the tab that sent a message how far it has got, by the id that it was given', async () => {
    const tabs = [await startTab(), await startTab()];
    for (const [index, { client }] of tabs.entries()) {
      const steps: string[] = [];
      client.on('update', (message, before) => {
        if (message.content?.text === `${index}`)
          steps.push(`${before.id}: ${before.status}→${message.status}`);
      });
      const { message, sent } = client.send(peer(), text(`${index}`));
      await sent;
      await reaches(() => steps.length === 2, 'delivery');
      expect(steps).toEqual([`${message.id}: outbox→sent`, `${message.id}: sent→delivered`]);
    }
  });

  it('give messages ids of their own that were sent in the same moment', async () => {
    const clock = new ManualClock(Date.now());
    const tabs = [await startTab({ clock }), await startTab({ clock }), await startTab({ clock })];
    const sendings = tabs.map(({ client }, index) => client.send(peer(), text(`${index}`)));
    expect(new Set(sendings.map(({ message }) => message.id)).size).toBe(3);
    const sent = await Promise.all(sendings.map((sending) => sending.sent));
    expect(new Set(sent.map(({ id }) => id)).size).toBe(3);
    for (const { client, texts } of tabs) {
      await reaches(() => texts.length === 3, 'three messages');
      expect((await read(client)).toSorted()).toEqual(['0', '1', '2']);
    }
  });

  it('edit, recall and send again from any tab', async () => {
    const [, follower] = [await startTab(), await startTab()];
    const { client } = follower;
    const first = await client.send(peer(), text('frist')).sent;
    const edit = client.edit(first, { text: 'first' });
    expect(edit.message).toMatchObject({ content: { text: 'first' }, changing: 'edit' });
    expect(() => client.edit(first, {})).toThrow(expect.objectContaining({ code: 'BAD_FRAME' }));
    expect(() => client.resend(first)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }));
    expect(() => client.send({ peer: '' }, text('x'))).toThrow(
      expect.objectContaining({ code: 'BAD_FRAME' }),
    );
  });

  it('carry errors with their codes', async () => {
    const [, follower] = [await startTab(), await startTab()];
    const { sent } = follower.client.send({ peer: 'nobody' }, text('hello?'));
    await expect(sent).rejects.toMatchObject({ code: 'INVALID_DESTINATION', name: 'StoaError' });
    await expect(follower.client.request('devices.signOut', { dev: 999_999 })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    const odd = follower.client.request('state.set', { values: [{ key: 'x', value: () => {} }] });
    await expect(odd).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  it('go on when the leader stops, which starts again as one of them', async () => {
    const tabs = [await startTab(), await startTab()];
    const leader = leaderOf(tabs);
    const [other] = tabs.filter((tab) => tab !== leader);
    await leader.client.stop();
    expect(leader.client.status.state).toBe('stopped');
    await reaches(() => other?.client.status.state === 'online', 'the other one to lead');
    await other?.client.send(peer(), text('still here')).sent;
    await leader.client.start();
    await reaches(() => leader.client.status.state === 'online', 'the first one to be back');
    expect(await read(leader.client)).toEqual(['still here']);
    await server.sessionsOf(2);
  });

  it('lose nothing and repeat nothing when the leader crashes with messages on their way', async () => {
    const tabs = [await startTab(), await startTab(), await startTab()];
    const leader = leaderOf(tabs);
    const others = tabs.filter((tab) => tab !== leader);
    const [sent, answers]: [Promise<LocalMessage>[], Promise<LocalMessage>[]] = [[], []];
    for (let count = 0; count < 10; count += 1) {
      for (const [index, { client }] of others.entries()) {
        sent.push(client.send(peer(), text(`${index}.${count}`)).sent);
      }
      answers.push(bob.send(self(), text(`bob.${count}`)).sent);
    }
    // Somewhere in the middle: some are stored, some answered, some on their way to the leader.
    await sent[3];
    leader.tab.crash();
    await Promise.all([...sent, ...answers]);
    const bobs = async () => (await bob.messages(self(), { limit: 200 })).map(({ content }) => content?.text);
    // His own connection may be slower than theirs.
    await reaches(async () => (await bobs()).length === 30, 'all messages to be with Bob');
    for (const { client, texts } of others) {
      await reaches(async () => (await read(client)).length === 30, 'all messages');
      await reaches(() => texts.length === 30, 'news of all messages');
      expect(texts.toSorted()).toEqual((await read(client)).toSorted());
      expect(new Set(texts).size).toBe(30);
      for (const prefix of ['0.', '1.', 'bob.']) {
        const own = (await read(client)).filter((one) => one.startsWith(prefix));
        expect(own).toEqual(Array.from({ length: 10 }, (_, count) => `${prefix}${count}`));
      }
      expect(await read(client)).toEqual((await bobs()).reverse());
    }
  });

  /** A follower that hands in something that the leader never gets, and something else when he is known to be gone. */
  async function acrossLeaders(first: (tab: Tab) => void, second: (tab: Tab) => void): Promise<Tab> {
    const tabs = [await startTab(), await startTab(), await startTab()];
    const leader = leaderOf(tabs);
    // The other follower has waited longer, and will lead.
    const other = tabs.findLast((tab) => tab !== leader);
    if (other === undefined) throw new Error('no follower');
    leader.tab.freeze();
    first(other);
    const isGone = new Promise<void>((resolve) => {
      const forget = other.client.on('status', () => {
        forget();
        second(other);
        resolve();
      });
    });
    leader.tab.crash();
    await isGone;
    return other;
  }

  it('send in the order in which it was written what was handed in before and after a leader is gone', async () => {
    const sent: Promise<LocalMessage>[] = [];
    const write = (value: string) => (tab: Tab) => sent.push(tab.client.send(peer(), text(value)).sent);
    const tab = await acrossLeaders(write('1'), write('2'));
    write('3')(tab);
    await Promise.all(sent);
    expect(await read(tab.client)).toEqual(['1', '2', '3']);
  });

  it('show the last of two edits that were handed in before and after a leader is gone', async () => {
    const writer = await startTab();
    const message = await writer.client.send(peer(), text('original')).sent;
    await writer.client.stop();
    const done: Promise<void>[] = [];
    const edit = (value: string) => (tab: Tab) => done.push(tab.client.edit(message, { text: value }).done);
    const tab = await acrossLeaders(edit('first edit'), edit('second edit'));
    await Promise.all(done);
    expect(await read(tab.client)).toEqual(['second edit']);
  });

  it('take over from a leader that is frozen, which follows when it runs again', async () => {
    const tabs = [await startTab(), await startTab()];
    const leader = leaderOf(tabs);
    const [other] = tabs.filter((tab) => tab !== leader);
    if (other === undefined) throw new Error('no follower');
    leader.tab.freeze();
    const { sent } = other.client.send(peer(), text('anybody there?'));
    other.clock.advance(5_000);
    other.clock.advance(4_000);
    await sent;
    await bob.send(self(), text('yes')).sent;
    await reaches(() => other.texts.includes('yes'), 'the answer');
    leader.tab.thaw();
    await reaches(() => leader.client.status.state === 'online', 'the old leader to follow');
    await reaches(() => leader.texts.length === 2, 'what it has slept through');
    expect(leader.texts).toEqual(['anybody there?', 'yes']);
    expect(other.texts).toEqual(['anybody there?', 'yes']);
    expect(leader.statuses).not.toContain('refused');
    expect(leaderOf(tabs)).toBe(other);
    await leader.client.send(peer(), text('good morning')).sent;
    await reaches(() => other.texts.length === 3, 'news from the old leader');
    await server.sessionsOf(2);
  });

  it('watch users together, and are told of those whom they watch', async () => {
    const [one, two] = [await startTab(), await startTab()];
    const heard = [one, two].map(({ client }) => {
      const events: string[] = [];
      client.on('presence', ({ from, value }) => events.push(`${from} ${value}`));
      return events;
    });
    const online = `bob-${users} 1`;
    one.client.watch([`bob-${users}`]);
    await reaches(() => heard[0]?.length === 1, 'the first one to be told');
    expect(two.client.presenceOf(`bob-${users}`)).toBeUndefined();
    two.client.watch([`bob-${users}`]);
    await reaches(() => heard[1]?.length === 1, 'the second one to be told');
    expect(heard).toEqual([[online], [online]]);
    one.client.unwatch([`bob-${users}`]);
    expect(two.client.presenceOf(`bob-${users}`)).toMatchObject({ value: 1 });
    expect(one.client.presenceOf(`bob-${users}`)).toBeUndefined();
  });

  it('with another token of the same user join, too', async () => {
    const first = await startTab();
    const { token } = await server.addUser(alice.address);
    const second = await startTab({ token });
    await reaches(() => first.client.status.state === 'online', 'the first one to have joined again');
    await second.client.send(peer(), text('shared')).sent;
    await reaches(() => first.texts.length === 1, 'both to know');
    await server.sessionsOf(2);
  });

  it('do not share with another user, who gets nothing to see', async () => {
    const first = await startTab();
    await first.client.send(peer(), text('secret')).sent;
    const { token } = await server.addUser(`carol-${users}`);
    const second = openTab({ token });
    await second.client.start();
    // Signed in as somebody else, it empties the store and connects once more.
    await reaches(() => second.client.status.state === 'offline', 'the second user to empty the store');
    second.clock.advance(1_000);
    await reaches(() => second.client.status.state === 'online', 'the second user to be online');
    expect(second.client.self?.address).toBe(`carol-${users}`);
    expect(second.texts).toEqual([]);
    expect(await second.client.conversations()).toEqual([]);
    await reaches(() => first.client.status.state === 'refused', 'the first user to be told');
    expect(first.client.status).toMatchObject({ signedOut: true, error: { code: 'CONFLICT' } });
    await expect(first.client.conversations()).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('are all told that the device was signed out, and come back together', async () => {
    const tabs = [await startTab(), await startTab()];
    const { token } = await server.addUser(alice.address);
    const other = new Client({ url: server.url, token });
    clients.push(other);
    await other.start();
    await reaches(() => other.status.state === 'online', 'the other device');
    await other.request('devices.signOut', { dev: tabs[0]?.client.self?.dev ?? 0 });
    for (const { client } of tabs) {
      await reaches(() => client.status.state === 'refused', 'the end');
      expect(client.status).toMatchObject({ signedOut: true, error: { code: 'SIGNED_OUT' } });
    }
    const third = await startTab({ token: (await server.addUser(alice.address)).token });
    expect(third.client.self?.address).toBe(alice.address);
  });

  it('of an older version ask to be reloaded', async () => {
    const old = await startTab();
    const newer = world.openTab().platform.openChannel(`stoa:${store}:tabs`);
    newer.postMessage({ type: 'ask', version: 1_000, from: 'newer' });
    await reaches(() => old.client.status.state === 'refused', 'the old one to give up');
    expect(old.client.status).toMatchObject({ error: { hint: 'Reload this page.' } });
    await reaches(() => world.holderOf(`stoa:${store}:leader`) === undefined, 'it to lead no more');
  });

  it('do not share when they are told so: the last one works', async () => {
    const [one, two] = [
      await startTab({ tabs: 'single', store: indexedDbStore(store) }),
      await startTab({ tabs: 'single', store: indexedDbStore(store) }),
    ];
    await reaches(() => one.client.status.state === 'refused', 'the first one to stop');
    expect(two.client.status.state).toBe('online');
  });
});

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 500));

async function reaches(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  let holds = await condition();
  await until(
    () => holds,
    (look) => {
      const timer = setInterval(async () => {
        holds = await condition();
        look();
      }, 10);
      return () => clearInterval(timer);
    },
    what,
  );
}
