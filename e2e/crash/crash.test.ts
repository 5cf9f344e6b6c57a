import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from './run.ts';
import { oneNode } from './topology.ts';
import { nodesOnPostgres, type Services, startServices } from './two-nodes.ts';

const course = { length: 150, settleMs: 60_000 };

/**
 * Random courses of events with real servers and clients, judged by a model; see model.ts and judge-*.ts for what is
 * right. `npm run soak` does the same for as long as one likes. A run that fails here is repeated by
 * `npm run soak -- --seed <seed> --runs 1 --length 150`, with `--power` or `--nodes 2` for those below.
 */
describe('nothing acknowledged is lost, repeated or out of order, and receipts tell the truth', {
  timeout: 300_000,
}, () => {
  it.each([11, 12, 13])('when one node and its clients are killed and cut off, seed %i', async (seed) => {
    const report = await run({ seed, topology: oneNode(), ...course });
    expect(report.problems).toEqual([]);
    expect(report.acknowledged).toBeGreaterThan(0);
  });

  it('when the node loses its power, seed 21', async () => {
    const report = await run({ seed: 21, topology: oneNode({ power: 'lost' }), ...course });
    expect(report.problems).toEqual([]);
    expect(report.nodeRestarts).toBeGreaterThan(0);
  });

  describe('with PostgreSQL and NATS', () => {
    let services: Services;
    beforeAll(async () => {
      services = await startServices();
    }, 60_000);
    afterAll(() => services?.close());

    it.each([31, 32])('when two nodes, database, bus and clients are killed, seed %i', async (seed) => {
      const report = await run({ seed, topology: nodesOnPostgres(services, 2), ...course });
      expect(report.problems).toEqual([]);
      expect(report.nodeRestarts).toBeGreaterThan(0);
      expect(report.serviceRestarts).toBeGreaterThan(0);
    });
  });
});
