import 'fake-indexeddb/auto';
import { randomUUID } from 'node:crypto';
import { indexedDbStore } from '@stoa/client/indexed-db';
import { ManualClock, startTestNode, type TestNode, within } from '@stoa/testkit';
import { array, assert, asyncProperty, constantFrom, nat, record } from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from '../index.ts';
import { type FakeTab, TabWorld } from '../testing/tab-world.ts';

interface Tab {
  readonly tab: FakeTab;
  readonly client: Client;
  readonly clock: ManualClock;
  /** Texts of the `message` events, in order. */
  readonly texts: string[];
  /** From the beginning on. */
  readonly isOld: boolean;
  state: 'running' | 'frozen' | 'gone';
}

describe('tabs that come, freeze, crash and go while people write', () => {
  let server: TestNode;
  let users = 0;

  beforeAll(async () => {
    server = await startTestNode();
  });
  afterAll(() => server.close());

  /** One story. Everything happens without waiting for anything but a few turns of the event loop. */
  class Story {
    readonly #world = new TabWorld();
    readonly #store = randomUUID();
    readonly #token: string;
    readonly #peer: { peer: string };
    readonly #bob: Client;
    readonly #self: { peer: string };
    readonly #tabs: Tab[] = [];
    readonly #sent: { readonly tab: Tab; readonly text: string; readonly done: Promise<unknown> }[] = [];
    #count = 0;

    static async begin(): Promise<Story> {
      users += 1;
      const [alice, bob] = [await server.addUser(`alice-${users}`), await server.addUser(`bob-${users}`)];
      const client = new Client({ url: server.url, token: bob.token });
      await client.start();
      const story = new Story(alice.token, client, users);
      await story.open(true);
      await story.open(true);
      return story;
    }

    private constructor(token: string, bob: Client, user: number) {
      this.#token = token;
      this.#bob = bob;
      this.#peer = { peer: `bob-${user}` };
      this.#self = { peer: `alice-${user}` };
    }

    async open(isOld = false): Promise<void> {
      const tab = this.#world.openTab();
      const clock = new ManualClock(Date.now());
      const client = new Client({
        url: server.url,
        token: this.#token,
        store: tab.store(indexedDbStore(this.#store)),
        tabPlatform: tab.platform,
        webSocket: tab.webSocket,
        clock,
        // No two tabs make the same ids.
        random: () => this.#tabs.length / 256,
      });
      const opened: Tab = { tab, client, clock, texts: [], isOld, state: 'running' };
      client.on('message', ({ content }) => opened.texts.push(content?.text ?? ''));
      client.on('problem', () => {});
      this.#tabs.push(opened);
      const started = client.start();
      started.catch(() => {});
      // Those of the beginning are to hear everything.
      if (isOld) await started;
    }

    write(which: number): void {
      const tab = this.#running[which % Math.max(1, this.#running.length)];
      if (tab === undefined) return;
      const text = `alice ${++this.#count}`;
      const done = tab.client.send(this.#peer, { content: { text } }).sent;
      this.#sent.push({ tab, text, done });
    }

    receive(): void {
      this.#bob.send(this.#self, { content: { text: `bob ${++this.#count}` } }).sent.catch(() => {});
    }

    crash(which: number): void {
      const tab = this.#victim(which);
      if (tab === undefined || this.#living.length < 2) return;
      tab.tab.crash();
      tab.state = 'gone';
    }

    freeze(which: number): void {
      const tab = this.#victim(which);
      if (tab === undefined || this.#running.length < 2) return;
      tab.tab.freeze();
      tab.state = 'frozen';
    }

    thaw(): void {
      for (const tab of this.#tabs) {
        if (tab.state !== 'frozen') continue;
        tab.tab.thaw();
        tab.state = 'running';
      }
    }

    pass(ms: number): void {
      for (const { clock } of this.#running) clock.advance(ms);
    }

    /** Everybody who is left goes on until nothing is on its way any more. */
    async end(): Promise<void> {
      this.thaw();
      const wanted = this.#sent.filter(({ tab }) => tab.state !== 'gone');
      const all = Promise.all(wanted.map(({ done }) => done));
      await within(this.#until(all), 'all messages to be sent', 40_000);
      const read = async (client: Client, target: { peer: string }) =>
        (await client.messages(target, { limit: 500 })).map(({ content }) => content?.text ?? '').reverse();
      const atBob = () => read(this.#bob, this.#self);
      let log: readonly string[] = [];
      // What a tab that crashed had handed in may still go out.
      const settled = async (): Promise<boolean> => {
        log = await atBob();
        for (const { client, texts, isOld } of this.#running) {
          if (String(await read(client, this.#peer)) !== String(log)) return false;
          if (isOld && texts.length < log.length) return false;
        }
        await new Promise((resolve) => setTimeout(resolve, 200));
        // On a machine that stood still meanwhile, nothing has moved yet.
        for (let turn = 0; turn < 100; turn += 1) await new Promise(setImmediate);
        return String(await atBob()) === String(log);
      };
      await within(this.#until(this.#loop(settled)), 'everybody to have everything', 40_000);
      expect(log).toEqual([...new Set(log)]);
      for (const { texts, isOld } of this.#running) {
        expect(texts).toEqual([...new Set(texts)]);
        if (isOld) expect(texts.toSorted()).toEqual(log.toSorted());
      }
      for (const one of this.#tabs) {
        const own = wanted.filter(({ tab }) => tab === one).map(({ text }) => text);
        expect(log.filter((text) => own.includes(text))).toEqual(own);
      }
      await Promise.all([...this.#running.map(({ client }) => client.stop()), this.#bob.stop()]);
      await server.sessionsOf(0);
    }

    /** Lets the clocks of the tabs run while `done` is awaited. */
    async #until<T>(done: Promise<T>): Promise<T> {
      const timer = setInterval(() => this.pass(500), 100);
      try {
        return await done;
      } finally {
        clearInterval(timer);
      }
    }

    async #loop(condition: () => Promise<boolean>): Promise<void> {
      while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
    }

    /** The leader, mostly: that is where it hurts. */
    #victim(which: number): Tab | undefined {
      const holder = this.#world.holderOf(`stoa:${this.#store}:leader`);
      const leader = this.#running.find(({ tab }) => tab === holder);
      return which % 3 > 0 ? leader : this.#running[which % Math.max(1, this.#running.length)];
    }

    get #running(): Tab[] {
      return this.#tabs.filter(({ state }) => state === 'running');
    }

    get #living(): Tab[] {
      return this.#tabs.filter(({ state }) => state !== 'gone');
    }
  }

  const actions = constantFrom(
    'write',
    'write',
    'write',
    'receive',
    'crash',
    'freeze',
    'thaw',
    'open',
    'pass',
    'wait',
  );
  const step = record({ action: actions, which: nat(10), turns: nat(12) });

  it('show and send every message exactly once, those of one tab in order', {
    timeout: 120_000,
  }, async () => {
    await assert(
      asyncProperty(array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const story = await Story.begin();
        for (const { action, which, turns } of steps) {
          if (action === 'open') void story.open();
          else if (action === 'pass') story.pass(3_000);
          else if (action !== 'wait') story[action](which);
          for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
        }
        await story.end();
      }),
      {
        numRuns: Number(process.env.TAB_STORIES ?? 25),
        seed: Number(process.env.TAB_SEED ?? 7),
        endOnFailure: true,
      },
    );
  });
});
