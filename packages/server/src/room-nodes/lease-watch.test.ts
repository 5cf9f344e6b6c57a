import { ManualClock } from '@stoa/testkit';
import { expect, it } from 'vitest';
import { LeaseWatch } from './lease-watch.ts';
import { RoomElsewhere, type RoomOwner } from './room-leases.ts';

const owner: RoomOwner = { gid: 7, node: 'other', epoch: 3 };

/** A node that prolongs its lease by four seconds, every second, until it dies. */
function watching(owners: readonly RoomOwner[]) {
  const clock = new ManualClock();
  const state = { until: clock.now() + 4_000, looks: 0, moved: [] as RoomOwner[] };
  const watch = new LeaseWatch({
    leases: {
      lookAt: async (watched) => {
        state.looks += 1;
        const isOver = state.until <= clock.now();
        return { moved: isOver ? [...watched] : [], endsAt: isOver ? Number.POSITIVE_INFINITY : state.until };
      },
    },
    clock,
    owners: () => owners,
    onMoved: (each) => state.moved.push(each),
    onError: (error) => {
      throw error;
    },
  });
  /** Goes on for so many quarters of a second. */
  const pass = async (quarters: number, isAlive: boolean) => {
    for (let quarter = 0; quarter < quarters; quarter += 1) {
      clock.advance(250);
      if (isAlive) state.until = clock.now() + 4_000;
      watch.tick();
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    }
  };
  return { watch, state, pass };
}

it('is looked at once a second as long as it is prolonged, and not at all where nobody is interested', async () => {
  const interested = watching([owner]);
  await interested.pass(40, true);
  expect(interested.state).toMatchObject({ looks: 10, moved: [] });
  const nobody = watching([]);
  await nobody.pass(40, true);
  expect(nobody.state.looks).toBe(0);
});

it('is over for those who are in the room as soon as it has run out', async () => {
  const { state, pass } = watching([owner]);
  await pass(5, true);
  await pass(15, false);
  expect(state.moved).toEqual([]);
  await pass(1, false);
  expect(state.moved).toEqual([owner]);
});

it('ends the wait for the answer of a node that is dead, and not of one that is slow', async () => {
  const { watch, state, pass } = watching([]);
  const failures: unknown[] = [];
  const asked = watch
    .during({ ...owner, until: state.until }, (signal) => {
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    })
    .catch((error: unknown) => failures.push(error));
  await pass(40, true);
  expect(failures).toEqual([]);
  await pass(15, false);
  expect(failures).toEqual([]);
  await pass(1, false);
  await asked;
  expect(failures[0]).toBeInstanceOf(RoomElsewhere);
});
