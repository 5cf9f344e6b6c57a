import { expect, it } from 'vitest';
import { ReadMarks } from './read-marks.ts';

it('calls back at once when nothing is being stored', () => {
  let isCalled = false;
  new ReadMarks().afterwards(() => {
    isCalled = true;
  });
  expect(isCalled).toBe(true);
});

it('waits for what is stored or refused, and not for what comes later', async () => {
  const marks = new ReadMarks();
  const [stored, refused, later] = [1, 2, 3].map(() => Promise.withResolvers<void>());
  if (!stored || !refused || !later) throw new Error('three are made');
  const told: string[] = [];
  marks.add(stored.promise);
  marks.add(refused.promise).catch(() => told.push('refused'));
  const done = marks.afterwards(() => told.push('pong'));
  marks.add(later.promise);
  stored.resolve();
  await stored.promise;
  expect(told).toEqual([]);
  refused.reject(new Error('no database'));
  await done;
  expect(told).toEqual(['refused', 'pong']);
});
