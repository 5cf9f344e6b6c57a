import { expect, it } from 'vitest';
import { GroupAudiences, type MembersChanged } from './group-audiences.ts';

function setUp() {
  const reviews: [string, MembersChanged][] = [];
  let goOn = Promise.resolve();
  const audiences = new GroupAudiences<string>({
    review: async (user, changed) => {
      reviews.push([user, changed]);
      await goOn;
      if (user === 'broken') throw new Error('The store is away.');
    },
    onError: () => reviews.push(['error', 'anybody']),
  });
  /** Reviews last until the function that it returns is called. */
  const hold = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    goOn = promise;
    return resolve;
  };
  return { audiences, reviews, hold };
}

it('looks again at those alone who are seen by members of the group that has changed', async () => {
  const { audiences, reviews } = setUp();
  audiences.set('bob', [1, 2]);
  audiences.set('carol', [2]);
  audiences.set('carol', [3]);
  audiences.set('dave', [2]);
  audiences.forget('dave');
  for (const gid of [2, 4]) audiences.changed(gid, new Set([7]));
  await expect.poll(() => reviews).toEqual([['bob', new Set([7])]]);
});

it('looks at all who are seen by members of some group when nobody says which has changed', async () => {
  const { audiences, reviews } = setUp();
  audiences.set('bob', [1]);
  audiences.set('carol', []);
  audiences.anyChanged();
  await expect.poll(() => reviews).toEqual([['bob', 'anybody']]);
});

it('goes through what changes meanwhile together, and goes on after a failure', async () => {
  const { audiences, reviews, hold } = setUp();
  for (const user of ['broken', 'bob']) audiences.set(user, [1]);
  const goOn = hold();
  audiences.changed(1, new Set([7]));
  for (const uid of [8, 9]) audiences.changed(1, new Set([uid]));
  goOn();
  const both = (changed: MembersChanged) => [
    ['broken', changed],
    ['error', 'anybody'],
    ['bob', changed],
  ];
  await expect.poll(() => reviews).toEqual([...both(new Set([7])), ...both(new Set([8, 9]))]);
});

it('reads again what was overtaken by a change in a group that makes a difference', async () => {
  const { audiences } = setUp();
  const overtakenBy = [[1], [2, 1], [2], []];
  let readings = 0;
  const read = async () => {
    for (const gid of overtakenBy[readings] ?? []) audiences.changed(gid, 'anybody');
    readings += 1;
    return { groups: [1] };
  };
  await audiences.decide(read, () => audiences.set('bob', [1]));
  expect(readings).toBe(3);
});
