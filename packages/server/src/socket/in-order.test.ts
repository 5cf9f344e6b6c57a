import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InOrder } from './in-order.ts';

describe('InOrder', () => {
  it('begins second steps in the order of the calls, whichever look-ups wait', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.boolean(), { maxLength: 12 }),
        async (scheduler, waits) => {
          const order = new InOrder();
          const begun: number[] = [];
          const done = waits.map((waiting, index) =>
            order.run(
              () => (waiting ? scheduler.schedule(Promise.resolve(index)) : index),
              async (found) => {
                begun.push(found);
                await scheduler.schedule(Promise.resolve());
              },
            ),
          );
          await scheduler.waitFor(Promise.all(done));
          expect(begun).toEqual(waits.map((_, index) => index));
        },
      ),
    );
  });

  it('goes on after a look-up that failed, and hands its failure to the caller', async () => {
    const order = new InOrder();
    const begun: string[] = [];
    const proceed = async (name: string): Promise<void> => {
      begun.push(name);
    };
    const failing = order.run(() => Promise.reject(new Error('no such user')), proceed);
    const next = order.run(() => 'second', proceed);
    await expect(failing).rejects.toThrow('no such user');
    await next;
    expect(begun).toEqual(['second']);
  });

  it('hands a failure of the second step to its own caller only', async () => {
    const order = new InOrder();
    const first = order.run(
      () => Promise.resolve(1),
      () => Promise.reject(new Error('disk full')),
    );
    const second = order.run(
      () => 2,
      async () => {},
    );
    await expect(first).rejects.toThrow('disk full');
    await expect(second).resolves.toBeUndefined();
  });

  it('does not wait at all while every look-up answers at once', () => {
    const order = new InOrder();
    const begun: number[] = [];
    for (const value of [1, 2, 3]) {
      order.run(
        () => value,
        async (found) => {
          begun.push(found);
        },
      );
    }
    expect(begun).toEqual([1, 2, 3]);
  });
});
