import { expect, it } from 'vitest';
import { SharedFlush } from './shared-flush.ts';

it('those who ask while a round trip is under way share the next one', async () => {
  const trips: PromiseWithResolvers<void>[] = [];
  const flush = new SharedFlush(() => {
    const trip = Promise.withResolvers<void>();
    trips.push(trip);
    return trip.promise;
  });
  const done: string[] = [];
  const ask = (name: string) => flush.request().then(() => done.push(name));
  const first = [ask('a'), ask('b')];
  await Promise.resolve();
  expect(trips).toHaveLength(1);
  const second = Array.from({ length: 1_000 }, (_, index) => ask(`c${index}`));
  trips[0]?.resolve();
  await Promise.all(first);
  expect(done).toEqual(['a', 'b']);
  await new Promise((resolve) => setImmediate(resolve));
  expect(trips).toHaveLength(2);
  trips[1]?.resolve();
  await Promise.all(second);
  expect(done).toHaveLength(1_002);
  expect(trips).toHaveLength(2);
});

it('a round trip that fails does not hold up the next', async () => {
  let works = false;
  const flush = new SharedFlush(async () => {
    if (!works) throw new Error('broken');
  });
  await expect(flush.request()).rejects.toThrow('broken');
  works = true;
  await flush.request();
});
