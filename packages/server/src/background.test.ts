import { ManualClock } from '@stoa/testkit';
import { expect, it } from 'vitest';
import { Background } from './background.ts';

/** Work that ends when it is told to, and how often it was begun. */
function slowWork() {
  const ends: ((error?: unknown) => void)[] = [];
  return {
    ends,
    work: () =>
      new Promise<void>((resolve, reject) => {
        ends.push((error) => (error === undefined ? resolve() : reject(error)));
      }),
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

function setUp() {
  const clock = new ManualClock();
  const errors: unknown[] = [];
  const background = new Background({ clock, onError: (error) => errors.push(error) });
  return { clock, errors, background };
}

it('is repeated, and never twice at once', async () => {
  const { clock, background } = setUp();
  const { ends, work } = slowWork();
  const start = background.repeat(1000, work);
  clock.advance(999);
  expect(ends).toHaveLength(0);
  clock.advance(2_001);
  expect(ends).toHaveLength(1);
  start();
  expect(ends).toHaveLength(1);
  ends[0]?.();
  await settled();
  // It was time for it meanwhile, several times.
  expect(ends).toHaveLength(2);
  ends[1]?.();
  await settled();
  expect(ends).toHaveLength(2);
  start();
  expect(ends).toHaveLength(3);
});

it('goes on after a failure, which is reported', async () => {
  const { clock, errors, background } = setUp();
  const { ends, work } = slowWork();
  background.repeat(1000, work);
  clock.advance(1000);
  ends[0]?.('broken');
  await settled();
  clock.advance(1000);
  expect([errors, ends.length]).toEqual([['broken'], 2]);
});

it('tells the work when to end, and waits for it', async () => {
  const { clock, background } = setUp();
  const { ends, work } = slowWork();
  let goOn = (): boolean => true;
  background.repeat(1000, (mayGoOn) => {
    goOn = mayGoOn;
    return work();
  });
  clock.advance(1000);
  expect(goOn()).toBe(true);
  let stopped = false;
  const stopping = background.stop().then(() => {
    stopped = true;
  });
  await settled();
  expect([goOn(), stopped]).toEqual([false, false]);
  ends[0]?.();
  await stopping;
  clock.advance(10_000);
  expect(ends).toHaveLength(1);
});
