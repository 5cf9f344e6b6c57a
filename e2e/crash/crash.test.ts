import { describe, expect, it } from 'vitest';
import { run } from './run.ts';
import { oneNode } from './topology.ts';

/**
 * Random courses of events with real servers and clients, judged by a model; see model.ts and judge.ts for what is
 * right. `npm run soak` does the same for as long as one likes. A run that fails here is repeated by
 * `npm run soak -- --seed <seed> --runs 1 --length 150`, with `--power` for those that lose it.
 */
describe('nothing acknowledged is lost, repeated or out of order, and receipts tell the truth', {
  timeout: 120_000,
}, () => {
  it.each([11, 12, 13, 14])('when one node and its clients are killed and cut off, seed %i', async (seed) => {
    const report = await run({ seed, topology: oneNode(), ...course });
    expect(report.problems).toEqual([]);
    expect(report.kept).toBeGreaterThan(0);
  });

  it.each([21])('when the node loses its power, seed %i', async (seed) => {
    const report = await run({ seed, topology: oneNode({ power: 'lost' }), ...course });
    expect(report.problems).toEqual([]);
    expect(report.nodeRestarts).toBeGreaterThan(0);
  });

  const course = { length: 150, settleMs: 60_000 };
});
