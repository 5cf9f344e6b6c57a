import type { CallLog } from '@stoa/protocol';
import { ManualClock } from '@stoa/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Person } from '../directory/index.ts';
import { subjects, type UserEvent } from '../events.ts';
import { Calls } from './calls.ts';
import { ModelDevice } from './testing/model-device.ts';
import { PartedBuses } from './testing/parted-buses.ts';

const call = 'a-call-between-alice-and-bob';
const alice: Person = { aid: 1, uid: 1, address: 'alice', name: 'Alice', removed: false };
const bob: Person = { aid: 1, uid: 2, address: 'bob', name: 'Bob', removed: false };

describe('a call between two nodes whose bus fails', () => {
  let clock: ManualClock;
  let errors: unknown[];
  let logs: CallLog[];
  let buses: PartedBuses;
  let nodes: readonly [Calls, Calls];
  let caller: ModelDevice;
  let callee: ModelDevice;

  beforeEach(async () => {
    clock = new ManualClock();
    errors = [];
    logs = [];
    buses = new PartedBuses((error) => errors.push(error));
    nodes = [node(0), node(1)];
    caller = new ModelDevice({ uid: alice.uid, dev: 10, call, peer: 'bob' });
    callee = new ModelDevice({ uid: bob.uid, dev: 20, call, peer: 'alice' });
    await buses.of(0).subscribe(subjects.user(alice.uid), (event) => caller.event(event as UserEvent));
    await buses.of(1).subscribe(subjects.user(bob.uid), (event) => callee.event(event as UserEvent));
    caller.connect(nodes[0]);
    callee.connect(nodes[1]);
  });
  afterEach(async () => {
    for (const each of nodes) await each.close();
    expect(errors).toEqual([]);
  });

  function node(index: 0 | 1): Calls {
    const people = [alice, bob];
    return new Calls({
      bus: buses.of(index),
      clock,
      directory: {
        byAddress: async (_aid, address) => people.find((person) => person.address === address),
        byUid: async (uid) => people.find((person) => person.uid === uid),
      },
      secret: 'a secret of all nodes',
      times: { ring: 20_000, connect: 10_000, grace: 60_000, longest: 0 },
      mayCall: async () => 'yes',
      writeLog: async (_caller, _callee, log) => {
        logs.push(log);
      },
      alarm: { ring: () => {}, stop: () => {} },
      engine: async () => {
        throw new Error('There is no media plane.');
      },
      pictureRules: async () => ({ video: true }),
      tokenOf: async () => undefined,
      onError: (error) => errors.push(error),
    });
  }

  /** Everything that is on its way in this process arrives. */
  async function turns(): Promise<void> {
    for (let turn = 0; turn < 5; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
  }

  async function settle(): Promise<void> {
    do {
      for (const device of [caller, callee]) await device.deliver();
      await turns();
    } while (!caller.isQuiet || !callee.isQuiet);
  }

  /** So many seconds go by; devices say every 20 of them that they are there. */
  async function pass(seconds: number): Promise<void> {
    for (let second = 1; second <= seconds; second++) {
      clock.advance(1_000);
      if (second % 20 === 10) for (const device of [caller, callee]) device.stay();
      for (const each of nodes) each.tick();
      await settle();
    }
  }

  async function talk(): Promise<void> {
    caller.call();
    await settle();
    callee.act(0);
    await settle();
    for (const device of [caller, callee]) device.act(0);
    await settle();
    expect([caller.view, callee.view]).toEqual(['talking', 'talking']);
  }

  const owners = (): number[] => nodes.map(({ count }) => count);

  it.each([12, 40, 200])(
    'goes on when the bus was away for %i seconds, and has one owner',
    async (seconds) => {
      await talk();
      buses.part();
      await pass(seconds);
      buses.join();
      await settle();
      await pass(150);
      expect([caller.view, callee.view]).toEqual(['talking', 'talking']);
      expect(owners().toSorted()).toEqual([0, 1]);
      caller.hangup();
      await settle();
      expect([caller.view, callee.view]).toEqual(['hangup', 'hangup']);
      expect(logs).toHaveLength(1);
    },
  );

  it('is not taken from its node while the bus is away for a short time', async () => {
    await talk();
    buses.part();
    callee.stay();
    await settle();
    await pass(8);
    expect(owners()).toEqual([1, 0]);
    buses.join();
    await settle();
    await pass(8);
    expect(owners()).toEqual([1, 0]);
  });

  it('is taken over all the same when its node is gone while the bus is away', async () => {
    await talk();
    buses.part();
    caller.disconnect();
    await nodes[0].close();
    callee.stay();
    await settle();
    await pass(30);
    expect(nodes[1].count).toBe(1);
  });

  it('has ended for good when a side has ended it meanwhile', async () => {
    await talk();
    buses.part();
    await pass(30);
    expect(owners()).toEqual([1, 1]);
    caller.hangup();
    await settle();
    expect([caller.view, callee.view]).toEqual(['hangup', 'talking']);
    // The other node sees much happen that comes to nothing.
    await pass(240);
    buses.join();
    await settle();
    expect([caller.view, callee.view]).toEqual(['hangup', 'hangup']);
    expect(owners()).toEqual([0, 0]);
  });

  describe('is told again to a device that', () => {
    /** The device hears nothing of what comes about now; then its node finds that it may have missed something. */
    async function whileMissing(device: ModelDevice, happens: () => Promise<void> | void): Promise<void> {
      await happens();
      for (let round = 0; round < 10; round++) {
        await turns();
        for (const each of [caller, callee]) {
          device.miss();
          await each.deliver();
        }
      }
      await turns();
      device.miss();
    }
    const mayHaveMissed = async ({ uid, dev }: ModelDevice): Promise<void> => {
      nodes[uid === alice.uid ? 0 : 1].signedIn({ aid: 1, uid, dev }, true);
      await turns();
      await settle();
    };

    it('missed that it is called', async () => {
      await whileMissing(callee, () => caller.call());
      expect(callee.view).toBe('idle');
      await mayHaveMissed(callee);
      expect(callee.view).toBe('ringing');
    });

    it('missed that its call was answered', async () => {
      caller.call();
      await settle();
      await whileMissing(caller, () => callee.act(0));
      expect([caller.view, callee.view]).toEqual(['calling', 'talking']);
      await mayHaveMissed(caller);
      expect(caller.view).toBe('talking');
    });

    it('missed that its answer was taken', async () => {
      caller.call();
      await settle();
      await whileMissing(callee, () => callee.act(0));
      expect([caller.view, callee.view]).toEqual(['talking', 'answering']);
      await mayHaveMissed(callee);
      expect(callee.view).toBe('talking');
    });

    it('missed the end', async () => {
      await talk();
      await whileMissing(callee, () => caller.hangup());
      expect([caller.view, callee.view]).toEqual(['hangup', 'talking']);
      await mayHaveMissed(callee);
      expect(callee.view).toBe('hangup');
    });
  });

  it('is told of an answer once the bus is back', async () => {
    caller.call();
    await settle();
    buses.part();
    callee.act(0);
    await settle();
    expect([caller.view, callee.view]).toEqual(['calling', 'answering']);
    buses.join();
    await settle();
    expect([caller.view, callee.view]).toEqual(['talking', 'talking']);
  });
});
