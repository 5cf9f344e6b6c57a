import fc from 'fast-check';
import { describe, it } from 'vitest';
import { type Action, History } from './history.ts';
import { type OpenStore, useStore } from './store-under-test.ts';

/**
 * Random histories of three users with two devices each, against a model: appends, repeats, advances, devices that
 * reconnect and catch up, several of them asked for at once.
 */
export function describeConvergence(open: OpenStore): void {
  describe('any history', () => {
    const tested = useStore(open);

    it('leaves what the model says, numbered without gaps, and every device catches up by positions', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(turn, { minLength: 1, maxLength: 25 }), async (turns) => {
          const history = await History.begin(tested.store);
          for (const actions of turns) await history.play(actions);
          await history.check();
        }),
        { numRuns: 40 },
      );
    }, 60_000);
  });
}

const user = fc.nat({ max: 2 });
const device = fc.nat({ max: 1 });

const append = fc.record({
  do: fc.constant('append' as const),
  from: user,
  to: user,
  device,
  // Few different ids, so that many are repeats.
  id: fc.option(fc.integer({ min: 1, max: 12 }), { freq: 4 }),
});
const advance = fc.record({
  do: fc.constant('advance' as const),
  user,
  with: user,
  device,
  kind: fc.constantFrom('received' as const, 'seen' as const, 'read' as const),
  seq: fc.integer({ min: 1, max: 12 }),
});
const reconnect = fc.record({
  do: fc.constant('reconnect' as const),
  user,
  device,
  naming: fc.constantFrom('the newest' as const, 'an older' as const, 'no' as const),
});
const catchUp = fc.record({
  do: fc.constant('catch up' as const),
  user,
  device,
  pageSize: fc.integer({ min: 1, max: 4 }),
});

/** Asked for at once, in this order. */
const turn: fc.Arbitrary<Action[]> = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.oneof(append, advance), { minLength: 1, maxLength: 8 }) },
  { weight: 1, arbitrary: fc.tuple(reconnect) },
  { weight: 2, arbitrary: fc.tuple(catchUp) },
);
