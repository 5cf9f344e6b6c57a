import { join } from 'node:path';
import { openSqliteStore, type RoomLeaseStore, type Store } from '@stoa/storage';
import { ManualClock, tempFolder } from '@stoa/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RoomElsewhere, RoomLeases } from './room-leases.ts';

/** What happens to one of the nodes. */
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant('take' as const), node: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('renew' as const), node: fc.nat(1) }) },
  fc.record({ type: fc.constant('release' as const), node: fc.nat(1) }),
  /** The store carries out what was asked of it, and the answer may be lost. */
  { weight: 3, arbitrary: fc.record({ type: fc.constant('reach' as const), node: fc.nat(1) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('answer' as const), node: fc.nat(1) }) },
  fc.record({ type: fc.constant('fail' as const), node: fc.nat(1) }),
  fc.record({ type: fc.constant('restart' as const), node: fc.nat(1) }),
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('wait' as const), ms: fc.constantFrom(500, 2_000, 4_000) }),
  },
);

/** The way to the store: what is asked waits on its way there, and its answer on the way back. */
class SlowWay {
  readonly #there: (() => Promise<unknown>)[] = [];
  readonly #back: { answer: () => void; fail: () => void }[] = [];

  to(store: RoomLeaseStore): RoomLeaseStore {
    const slow =
      <Args extends unknown[], T>(ask: (...args: Args) => Promise<T>) =>
      (...args: Args): Promise<T> =>
        new Promise((resolve, reject) => {
          this.#there.push(() => {
            const answer = ask(...args);
            const fail = () => reject(new Error('the answer was lost'));
            this.#back.push({ answer: () => answer.then(resolve, reject), fail });
            return answer;
          });
        });
    return {
      claim: slow(store.claim),
      renew: slow(store.renew),
      release: slow(store.release),
      heldBy: slow(store.heldBy),
      find: slow(store.find),
    };
  }

  async reach(): Promise<void> {
    await this.#there.shift()?.();
  }

  answer(): void {
    this.#back.shift()?.answer();
  }

  fail(): void {
    this.#back.shift()?.fail();
  }
}

describe('the leases of rooms', { timeout: 60_000 }, () => {
  const folder = tempFolder();
  let store: Store;
  let gid: number;
  beforeAll(async () => {
    store = await openSqliteStore({ path: join(folder.path, 'stoa.db') });
    const app = await store.apps.create({ name: 'a', tokenHash: new Uint8Array(32), now: 1 });
    const group = await store.groups.create({
      aid: app.aid,
      name: 'Band',
      flags: 0,
      settings: {},
      expiresAt: null,
      extendSeconds: 0,
      members: [],
      now: 1,
    });
    gid = group.gid;
  });
  afterAll(async () => {
    await store.close();
    folder.remove();
  });

  it('make one node at a time act for a room, each time with a higher epoch, whatever is slow or lost', async () => {
    let names = 0;
    let highest = 0;
    /** One clock for all runs, so that the leases of the run before are over. */
    const clock = new ManualClock();
    const settle = async () => {
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
        clock.advance(100_000);
        const open = () => {
          names += 1;
          const way = new SlowWay();
          const node = `node-${names}`;
          const options = { node, store: way.to(store.roomLeases), clock, onError: () => {} };
          return { node, way, leases: new RoomLeases(options) };
        };
        const nodes = [open(), open()];
        const owners = new Map<number, string>();
        for (const each of steps) {
          if (each.type === 'wait') clock.advance(each.ms);
          else {
            const { way, leases } = nodes[each.node] ?? open();
            if (each.type === 'take' && leases.epochOf(gid) === undefined) leases.take(gid).catch(() => {});
            if (each.type === 'renew') void leases.renew();
            if (each.type === 'release') void leases.release(gid);
            if (each.type === 'reach') await way.reach();
            if (each.type === 'answer') way.answer();
            if (each.type === 'fail') way.fail();
            if (each.type === 'restart') nodes[each.node] = open();
          }
          await settle();
          const acting = nodes.filter(({ leases }) => leases.holds(gid));
          expect(acting.length).toBeLessThanOrEqual(1);
          for (const { node, leases } of acting) {
            const epoch = leases.epochOf(gid) ?? 0;
            expect(owners.get(epoch) ?? node).toBe(node);
            if (!owners.has(epoch)) expect(epoch).toBeGreaterThan(highest);
            owners.set(epoch, node);
            highest = Math.max(highest, epoch);
          }
        }
      }),
      { numRuns: 100 },
    );
    // It was taken now and then.
    expect(highest).toBeGreaterThan(30);
  });

  it('are not taken from a node that could not prolong them while nobody could', async () => {
    const clock = new ManualClock();
    clock.advance(100_000_000);
    const [one, other] = ['one', 'other'].map((node) => {
      const state = { isAway: false };
      const through =
        <Args extends unknown[], T>(ask: (...args: Args) => Promise<T>) =>
        async (...args: Args): Promise<T> => {
          if (state.isAway) throw new Error('the store is away');
          return ask(...args);
        };
      const { claim, renew, release, heldBy, find } = store.roomLeases;
      const failing: RoomLeaseStore = {
        claim: through(claim),
        renew: through(renew),
        release: through(release),
        heldBy: through(heldBy),
        find: through(find),
      };
      return { state, leases: new RoomLeases({ node, store: failing, clock, onError: () => {} }) };
    });
    if (one === undefined || other === undefined) throw new Error('there are two');
    await one.leases.take(gid);
    const owner = { gid, node: 'one', epoch: one.leases.epochOf(gid) ?? 0 };
    await expect(other.leases.take(gid)).rejects.toBeInstanceOf(RoomElsewhere);
    for (const { state } of [one, other]) state.isAway = true;
    clock.advance(10_000);
    await one.leases.renew();
    expect([one.leases.holds(gid), one.leases.epochOf(gid)]).toEqual([false, owner.epoch]);
    await expect(other.leases.ownerOf(gid)).rejects.toThrow('away');
    for (const { state } of [one, other]) state.isAway = false;
    // It has to wait whether the owner comes back, too.
    expect(await other.leases.ownerOf(gid)).toMatchObject(owner);
    expect((await other.leases.lookAt([owner])).moved).toEqual([]);
    await expect(other.leases.take(gid)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await one.leases.renew();
    expect(one.leases.holds(gid)).toBe(true);
    // Alone it is too late.
    one.state.isAway = true;
    clock.advance(5_000);
    expect((await other.leases.lookAt([owner])).moved).toEqual([owner]);
    await other.leases.take(gid);
    one.state.isAway = false;
    await one.leases.renew();
    expect(one.leases.epochOf(gid)).toBeUndefined();
  });
});
