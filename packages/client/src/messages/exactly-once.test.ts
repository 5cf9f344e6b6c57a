import {
  array,
  assert,
  asyncProperty,
  boolean,
  constant,
  constantFrom,
  nat,
  oneof,
  record,
} from 'fast-check';
import { expect, it } from 'vitest';
import { type LocalStore, memoryStore } from '../store/index.ts';
import { SimulatedServer } from '../testing/simulated-server.ts';
import { TestClient } from '../testing/test-client.ts';

const peers = ['bob', 'carol'];
const which = nat(1);
const count = nat(6);
const action = oneof(
  { weight: 6, arbitrary: record({ what: constant('deliver' as const), count }) },
  { weight: 6, arbitrary: record({ what: constant('process' as const), count }) },
  {
    weight: 4,
    arbitrary: record({
      what: constant('append' as const),
      which,
      from: constantFrom('peer' as const, 'self' as const),
      isLost: boolean(),
    }),
  },
  { weight: 4, arbitrary: record({ what: constant('send' as const), which }) },
  { weight: 3, arbitrary: record({ what: constant('receive' as const), which }) },
  { weight: 2, arbitrary: record({ what: constant('repeat' as const), which, place: nat(9) }) },
  { weight: 2, arbitrary: record({ what: constant('swap' as const), place: nat(3) }) },
  { weight: 1, arbitrary: record({ what: constant('cut' as const) }) },
  { weight: 1, arbitrary: record({ what: constant('crash' as const) }) },
  { weight: 1, arbitrary: record({ what: constant('failingStore' as const) }) },
  { weight: 1, arbitrary: record({ what: constant('wait' as const), ms: nat(3_000) }) },
);

const step = record({ action, settles: boolean() });

/** A turn of the event loop: the time that the store takes for one transaction. */
const turn = () => new Promise<void>((done) => setImmediate(done));

/** A device whose application can die and start again. */
class Device {
  readonly announced: string[] = [];
  /** What the client has taken into its outbox. What it had no time for may go down with the application. */
  readonly handedIn: string[] = [];
  readonly #server: SimulatedServer;
  readonly #memory = memoryStore();
  #test: TestClient;
  #isAlive = { yes: true };
  #count = 0;
  failures = 0;

  constructor(server: SimulatedServer) {
    this.#server = server;
    this.#test = this.#start();
  }

  get test(): TestClient {
    return this.#test;
  }

  send(peer: string): void {
    this.#count += 1;
    this.#test.client.send({ peer }, { content: { text: `own ${this.#count}` } });
  }

  /** Without any warning: nothing that it does from now on has an effect. */
  crash(): void {
    this.#isAlive.yes = false;
    this.#server.cut();
    this.#test = this.#start();
  }

  #start(): TestClient {
    const isAlive = { yes: true };
    this.#isAlive = isAlive;
    const store: LocalStore = {
      ...this.#memory,
      messages: async (...range) => {
        await turn();
        return this.#memory.messages(...range);
      },
      apply: async (changes) => {
        await turn();
        if (!isAlive.yes) return new Promise(() => {});
        if (this.failures === 0) return this.#memory.apply(changes);
        this.failures -= 1;
        throw new Error('disk full');
      },
    };
    const test = new TestClient({
      url: 'http://localhost',
      store,
      random: () => 0.5,
      webSocket: (...args) => {
        if (!isAlive.yes) throw new Error('dead');
        return this.#server.openWebSocket(...args);
      },
    });
    test.client.on('problem', () => {});
    test.client.on('message', ({ conversation, seq, content }, origin) => {
      if (!isAlive.yes) return;
      if (origin === 'outgoing') this.handedIn.push(`${conversation} ${content?.text}`);
      else this.announced.push(`${conversation} ${seq} ${content?.text}`);
    });
    // When the store cannot be opened it is tried again later.
    test.client.start().catch(() => {});
    return test;
  }
}

it('has each message exactly once and in order, whatever the network, the store and the application do', async () => {
  await assert(
    asyncProperty(array(step, { maxLength: 80, size: 'max' }), async (steps) => {
      const server = new SimulatedServer(peers);
      const device = new Device(server);
      await turn();
      for (const { action: one, settles } of steps) {
        if (one.what === 'deliver') server.deliver(one.count);
        else if (one.what === 'process') server.process(one.count);
        else if (one.what === 'append') server.append(one.which, one.from, one.isLost);
        else if (one.what === 'receive') server.receive(one.which);
        else if (one.what === 'repeat') server.repeat(one.which, one.place);
        else if (one.what === 'swap') server.swap(one.place);
        else if (one.what === 'cut') server.cut();
        else if (one.what === 'wait') device.test.clock.advance(one.ms);
        else if (one.what === 'send') device.send(peers[one.which] ?? '');
        else if (one.what === 'crash') device.crash();
        else device.failures = 1;
        if (settles) for (let turns = 0; turns < 5; turns++) await turn();
      }
      device.failures = 0;

      // Then all is well again, and everything comes to rest.
      server.cut();
      await device.test.client.start();
      for (let round = 0; round < 40; round++) {
        for (let turns = 0; turns < 5; turns++) await turn();
        device.test.clock.advance(500);
        server.process(1_000);
        server.deliver(1_000);
      }
      expect(server.waiting).toBe(0);

      const { client } = device.test;
      for (const { peer, log, delivered } of server.conversations) {
        const own = log.filter(({ dev }) => dev === 7).map(({ content }) => `u:${peer} ${content?.text}`);
        expect(own).toEqual(device.handedIn.filter((sent) => sent.startsWith(`u:${peer} `)));

        const others = log.filter(({ dev }) => dev !== 7);
        expect(device.announced.filter((one) => one.startsWith(`u:${peer} `))).toEqual(
          others.map(({ seq, content }) => `u:${peer} ${seq} ${content?.text}`),
        );

        const stored = await client.messages({ peer }, { limit: 1_000 });
        expect(
          stored.reverse().map(({ seq, mid, content, status }) => ({ seq, mid, content, status })),
        ).toEqual(
          log.map(({ seq, mid, content, from }) => {
            const status = from === peer ? 'unread' : seq <= delivered ? 'delivered' : 'sent';
            return { seq, mid, content, status };
          }),
        );
        expect((await client.conversation({ peer }))?.unread ?? 0).toBe(
          log.filter(({ from }) => from === peer).length,
        );
      }
      await client.stop();
    }),
    { numRuns: 200 },
  );
});
