import { expect, it } from 'vitest';
import { Memberships } from './memberships.ts';

it('tells what somebody surely was, and when that is unclear', () => {
  const memberships = new Memberships();
  const call = (joins: boolean, began: number, ended?: number) => {
    const begun = memberships.begin({ gid: 1, user: 'alice', joins, began });
    if (ended !== undefined) begun.ended = ended;
  };
  const during = (from: number, to: number) => memberships.during(1, 'alice', from, to);
  call(true, 10, 12);
  call(true, 20, 22);
  call(false, 30, 32);
  call(true, 40);
  expect([during(1, 10), during(11, 14), during(12, 14)]).toEqual(['outsider', 'unclear', 'unclear']);
  expect([during(13, 19), during(13, 30), during(21, 25)]).toEqual(['member', 'member', 'member']);
  expect([during(13, 31), during(33, 40), during(33, 41)]).toEqual(['unclear', 'outsider', 'unclear']);
  expect(memberships.during(2, 'alice', 13, 19)).toBe('outsider');
});
