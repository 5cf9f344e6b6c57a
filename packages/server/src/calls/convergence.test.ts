import { createInProcessBus } from '@stoa/bus';
import { LocalEngine } from '@stoa/media';
import type { CallEndReason, CallLog } from '@stoa/protocol';
import { ManualClock } from '@stoa/testkit';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { Person } from '../directory/index.ts';
import { subjects, type UserEvent } from '../events.ts';
import { Calls } from './calls.ts';
import { isEnd, ModelDevice } from './testing/model-device.ts';

const call = 'a-call-between-alice-and-bob';
const alice: Person = { aid: 1, uid: 1, address: 'alice', name: 'Alice', removed: false };
const bob: Person = { aid: 1, uid: 2, address: 'bob', name: 'Bob', removed: false };

const engine = new LocalEngine({ bindAddress: '127.0.0.1' });
afterAll(() => engine.close());

/** Two nodes on one bus and one store, Alice's device and three of Bob's. */
class World {
  readonly clock = new ManualClock();
  readonly errors: unknown[] = [];
  /** Messages of calls by their idempotency key, as the store keeps them. */
  readonly logs = new Map<number, CallLog>();
  readonly #bus = createInProcessBus({ onError: (error) => this.errors.push(error) });
  readonly nodes = [this.#node(), this.#node()];
  readonly caller = new ModelDevice({ uid: 1, dev: 10, call, peer: 'bob' });
  readonly callees = [20, 21, 22].map((dev) => new ModelDevice({ uid: 2, dev, call, peer: 'alice' }));
  readonly devices = [this.caller, ...this.callees];

  async start(): Promise<void> {
    for (const device of this.devices) {
      await this.#bus.subscribe(subjects.user(device.uid), (event) => device.event(event as UserEvent));
    }
  }

  nodeAt(index: number): Calls {
    const node = this.nodes[index];
    if (node === undefined) throw new Error('no such node');
    return node;
  }

  /** A node loses everything it knows, and all who are connected to it. */
  async crash(index: number): Promise<void> {
    const node = this.nodeAt(index);
    for (const device of this.devices) if (device.isAt(node)) device.disconnect();
    this.nodes[index] = this.#node();
    await node.close();
  }

  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 1_000) {
      this.clock.advance(1_000);
      for (const node of this.nodes) node.tick();
      await turns();
    }
  }

  async settle(): Promise<void> {
    do {
      for (const device of this.devices) await device.deliver();
      await turns();
    } while (this.devices.some((device) => !device.isQuiet));
  }

  #node(): Calls {
    const find = (uid: number) => [alice, bob].find((person) => person.uid === uid);
    return new Calls({
      bus: this.#bus,
      clock: this.clock,
      directory: {
        byAddress: async (_aid, address) => [alice, bob].find((person) => person.address === address),
        byUid: async (uid) => find(uid),
      },
      secret: 'a secret of all nodes',
      times: { ring: 20_000, connect: 10_000, grace: 30_000, longest: 0 },
      mayCall: async () => 'yes',
      writeLog: async (_caller, _callee, log, id) => {
        if (!this.logs.has(id)) this.logs.set(id, log);
      },
      alarm: { ring: () => {}, stop: () => {} },
      engine: async () => engine,
      pictureRules: async () => ({ video: true }),
      tokenOf: async () => undefined,
      onError: (error) => this.errors.push(error),
    });
  }
}

/** Everything that is on its way in this process arrives. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

type Command = (world: World) => void | Promise<void>;

const device = fc.integer({ min: 0, max: 3 });
const node = fc.integer({ min: 0, max: 1 });
const named = (name: string, run: Command): Command => Object.assign(run, { toString: () => name });

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: device.map((d) => named(`deliver ${d}`, (world) => world.devices[d]?.deliver())),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(device, fc.nat(12))
      .map(([d, choice]) => named(`choice ${choice} at ${d}`, (world) => world.devices[d]?.act(choice))),
  },
  {
    weight: 1,
    arbitrary: device.map((d) => named(`disconnect ${d}`, (world) => world.devices[d]?.disconnect())),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(device, node)
      .map(([d, n]) => named(`connect ${d} to ${n}`, (world) => world.devices[d]?.connect(world.nodeAt(n)))),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(1_000, 3_000, 9_000).map((ms) => named(`${ms} ms`, (world) => world.pass(ms))),
  },
  { weight: 2, arbitrary: fc.constant(named('settle', (world) => world.settle())) },
);
const crash: fc.Arbitrary<Command> = node.map((n) => named(`crash ${n}`, (world) => world.crash(n)));

/** Long enough for a call to begin and to end by itself. */
const length = { minLength: 5, maxLength: 50, size: 'max' } as const;

/** Alice calls; whatever happens happens; in the end everybody is connected again and Alice hangs up. */
async function play(commands: readonly Command[]): Promise<World> {
  const world = new World();
  await world.start();
  for (const [index, each] of world.devices.entries()) each.connect(world.nodeAt(index % 2));
  world.caller.call();
  for (const run of commands) {
    await run(world);
    await turns();
  }
  for (const [index, each] of world.devices.entries()) each.connect(world.nodeAt(index % 2));
  await world.settle();
  await world.pass(3_000);
  await world.settle();
  await expectOneRelay(world);
  world.caller.hangup();
  await world.settle();
  await world.pass(45_000);
  await world.settle();
  expect(world.errors).toEqual([]);
  for (const { sessions } of world.devices) {
    for (const session of sessions) expect(await isOpen(session)).toBe(false);
  }
  return world;
}

/** What the device of Bob that decided the call, and his others, may be told when Alice is told this. */
const fitting: { readonly [Reason in CallEndReason]?: readonly CallEndReason[] } = {
  declined: ['declined', 'declinedElsewhere'],
};

function isOpen(session: string): Promise<boolean> {
  return engine.streams(`call-${call}-${session}`).then(
    () => true,
    () => false,
  );
}

/** When one side was told of a media room, both are in the same one in the end, and it is there. */
async function expectOneRelay(world: World): Promise<void> {
  for (const each of world.devices) each.askForRelay();
  await world.settle();
  const talking = world.devices.filter(({ view }) => view === 'talking');
  const [session, ...others] = new Set(talking.map((each) => each.session));
  if (talking.length < 2 || session === undefined) return;
  expect(others).toEqual([]);
  expect(await isOpen(session)).toBe(true);
}

function expectAgreement(world: World): void {
  const { view } = world.caller;
  if (!isEnd(view)) throw new Error(`the caller still believes to be ${view}`);
  const allowed: readonly CallEndReason[] = fitting[view] ?? [view, 'answeredElsewhere'];
  for (const { view: other, dev } of world.callees) {
    if (other === 'idle') continue;
    if (!isEnd(other)) throw new Error(`device ${dev} still believes to be ${other}`);
    expect(allowed, `the caller is told ${view}, device ${dev}`).toContain(other);
  }
  expect([...world.logs.values()]).toHaveLength(1);
  const [log] = world.logs.values();
  const answered = log?.outcome === 'answered' || log?.outcome === 'failed';
  if (view === 'cancelled' || view === 'noAnswer' || view === 'offline') expect(log?.outcome).toBe('missed');
  else if (view === 'declined' || view === 'busy') expect(log?.outcome).toBe(view);
  else expect(answered).toBe(true);
}

test('in whatever order things happen, both sides end alike and the call leaves one message', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, length), async (commands) => {
      expectAgreement(await play(commands));
    }),
    { numRuns: 150 },
  );
});

test('a node that crashes in between changes nothing of that', async () => {
  const some = fc.array(fc.oneof({ weight: 8, arbitrary: command }, { weight: 1, arbitrary: crash }), {
    maxLength: 30,
  });
  await fc.assert(
    fc.asyncProperty(some, async (commands) => {
      const world = await play(commands);
      // Nobody may be left who remembers a call that had ended before the crash.
      for (const each of world.devices) each.giveUp();
      for (const { view } of world.devices) expect(view === 'idle' || isEnd(view)).toBe(true);
      expect(world.logs.size).toBe(1);
    }),
    { numRuns: 150 },
  );
});
