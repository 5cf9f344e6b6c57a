import { StoreUnavailableError } from '@stoa/storage';
import { ManualClock } from '@stoa/testkit';
import { expect, it } from 'vitest';
import { Groups } from './groups.ts';

/** Groups of which these have a member whose time is over; `failing` cannot be changed. */
function groupsWhere(gids: readonly number[], failing: number, failure: Error) {
  const ended: number[] = [];
  const core = {
    clock: new ManualClock(),
    store: { expiredMembers: async () => gids.map((gid) => ({ aid: 1, gid, uid: 7 })) },
    removeOver: async (_aid: number, gid: number) => {
      if (gid === failing) throw failure;
      ended.push(gid);
    },
  };
  const groups = new Groups(
    Object.assign(Object.create(null), core),
    Object.create(null),
    Object.create(null),
  );
  return { groups, ended };
}

it('ends memberships although one cannot be ended', async () => {
  const failure = new Error('broken');
  const { groups, ended } = groupsWhere([1, 2, 3], 1, failure);
  const errors: unknown[] = [];
  expect(await groups.endExpiredMemberships(100, (error) => errors.push(error))).toBe(2);
  expect(ended).toEqual([2, 3]);
  expect(errors).toEqual([failure]);
});

it('ends no more memberships when the store is away', async () => {
  const failure = new StoreUnavailableError('away');
  const { groups, ended } = groupsWhere([1, 2, 3], 2, failure);
  await expect(groups.endExpiredMemberships(100, () => {})).rejects.toBe(failure);
  expect(ended).toEqual([1]);
});
