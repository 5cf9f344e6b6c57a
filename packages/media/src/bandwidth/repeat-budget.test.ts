import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RepeatBudget } from './repeat-budget.ts';

test('never repeats more than half of what the path takes, but for a burst, and always something', () => {
  const bitrates = fc.integer({ min: 50_000, max: 5_000_000 });
  fc.assert(
    fc.property(bitrates, fc.integer({ min: 1, max: 50 }), (bitrate, everyMs) => {
      const budget = new RepeatBudget();
      let sent = 0;
      for (let now = 0; now < 10_000; now += everyMs) {
        budget.refill(bitrate, now);
        for (let asked = 0; asked < 100 && budget.hasRoom; asked += 1) {
          budget.spend(1200);
          sent += 1200;
        }
      }
      const half = (0.5 * bitrate * 10) / 8;
      expect(sent).toBeLessThan(1.05 * half + Math.max(7200, bitrate / 8));
      expect(sent).toBeGreaterThan(0.8 * half);
    }),
  );
});
