import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PacketBudget } from './packet-budget.ts';

test('takes all of a client that sends as many as it may, and no more of one that sends more', () => {
  const rates = fc.integer({ min: 10, max: 1000 });
  fc.assert(
    fc.property(rates, fc.integer({ min: 1, max: 50 }), (perSecond, share) => {
      const budget = new PacketBudget(perSecond);
      const sent = Math.round((perSecond * share) / 10);
      let taken = 0;
      for (let index = 0; index < 10 * sent; index += 1) {
        if (budget.take(1_800_000_000_000 + Math.floor((index * 1000) / sent))) taken += 1;
      }
      expect(taken).toBeLessThanOrEqual(11 * perSecond + 1);
      if (sent <= perSecond) expect(budget.dropped).toBe(0);
      expect(taken + budget.dropped).toBe(10 * sent);
    }),
    { numRuns: 50 },
  );
});
