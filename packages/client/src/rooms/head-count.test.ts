import { expect, it } from 'vitest';
import { HeadCount } from './head-count.ts';
import { Roster } from './roster.ts';

it('goes by what is seen where everybody is seen, and by what the server says elsewhere, and tells of changes alone', () => {
  let seen: number | undefined;
  const told: number[] = [];
  const heads = new HeadCount(3, { seen: () => seen, onChanged: (count) => told.push(count) });
  heads.say(3);
  heads.say(2_000);
  seen = 5;
  heads.look();
  heads.say(6);
  expect(heads.value).toBe(5);
  seen = undefined;
  heads.look();
  expect(told).toEqual([2_000, 5, 6]);
});

it('knows how many of those whom it sees publish', () => {
  const roster = new Roster();
  const person = { dev: 1, uid: 1, name: '', joinedAt: 0, away: false };
  roster.reset({
    rev: 1,
    participants: [
      { ...person, user: 'alice', streams: [{ sid: 0, source: 'camera', audio: 'on' }] },
      { ...person, user: 'bob', streams: [] },
    ],
  });
  expect([roster.size, roster.publishing]).toEqual([2, 1]);
});
