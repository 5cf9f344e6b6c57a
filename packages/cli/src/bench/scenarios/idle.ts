import { setTimeout as delay } from 'node:timers/promises';
import { untilQuiet } from '../usage/usage.ts';
import type { Figures, Scenario, Sizes } from './scenario.ts';

/** Connections on which nothing happens: most of them, most of the time. */
export const idle: Scenario = {
  name: 'idle',
  title: ({ connections }) => `${connections.join(' and ')} idle connections`,
  metrics: ({ connections }) =>
    connections.flatMap((count) => [
      { name: `bytes${count}`, title: `bytes each at ${count}`, digits: 0 },
      { name: `cpu${count}`, title: `CPU-ms per second at ${count}`, digits: 1 },
    ]),
  users: (sizes) => ({ senders: 0, receivers: most(sizes) }),
  async run({ fleet, usage, sizes, collectGarbage }) {
    // What the first connections bring along (compiled code, grown tables) is not the price of one more.
    await fleet.run('connect', Math.min(warmUp, most(sizes)), true);
    await fleet.run('drop', 0);
    await untilQuiet(usage);
    await collectGarbage();
    const { memoryBytes: base } = await usage();
    const figures: Record<string, number> = {};
    for (const count of sizes.connections) {
      await fleet.run('connect', count, true);
      await untilQuiet(usage);
      await collectGarbage();
      const before = await usage();
      const started = performance.now();
      await delay(sizes.idleSeconds * 1000);
      const after = await usage();
      const seconds = (performance.now() - started) / 1000;
      figures[`bytes${count}`] = (before.memoryBytes - base) / count;
      figures[`cpu${count}`] = ((after.cpuSeconds - before.cpuSeconds) / seconds) * 1000;
    }
    return figures satisfies Figures;
  },
};

const warmUp = 500;

function most({ connections }: Sizes): number {
  return Math.max(0, ...connections);
}
