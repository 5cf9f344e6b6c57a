import { phaseOf } from '../load/load-group.ts';
import { percentiles } from '../statistics.ts';
import { measure, perThousand } from './measure.ts';
import type { Figures, Scenario } from './scenario.ts';

/** Figures are named by the size of the group, with `off` where there are no receipts. */
const suffixOf = (size: number, receipts: boolean): string => `${size}${receipts ? '' : 'off'}`;

/**
 * One user writes to many. Where messages are stored, those without receipts are transient: neither stored nor
 * acknowledged.
 */
export const groups: Scenario = {
  name: 'groups',
  title: ({ groupMembers, groupWindow }) =>
    `one sender, ${groupMembers.join(' and ')} online members, 100-byte texts, window ${groupWindow}; "off": without receipts`,
  metrics: ({ groupMembers }) =>
    groupMembers.flatMap((size) =>
      [true, false].flatMap((receipts) => {
        const suffix = suffixOf(size, receipts);
        return [
          { name: `rate${suffix}`, title: `${suffix}: deliveries/s`, digits: 0 },
          { name: `cpu${suffix}`, title: 'CPU-s per million', digits: 2 },
          { name: `p99${suffix}`, title: 'p99 ms to the last', digits: 1 },
        ];
      }),
    ),
  users: ({ groupMembers }) => ({ senders: 1, receivers: Math.max(...groupMembers) }),
  window: ({ groupWindow }) => groupWindow,
  async run({ fleet, usage, sizes }) {
    await fleet.run('connect', 1);
    const figures: Record<string, number> = {};
    for (const size of sizes.groupMembers) {
      for (const receipts of [true, false]) {
        const messages = Math.max(1, Math.ceil(sizes.groupDeliveries / size));
        const phase = phaseOf(size, receipts);
        // What the server compiles while it warms up is not the price of a delivery.
        await fleet.run(phase, Math.ceil(messages / 2));
        const { latencies, seconds, serverCpuSeconds, busiest } = await measure(usage, () =>
          fleet.run(phase, messages),
        );
        const deliveries = messages * size;
        const suffix = suffixOf(size, receipts);
        figures[`rate${suffix}`] = deliveries / seconds;
        figures[`cpu${suffix}`] = perThousand(serverCpuSeconds, deliveries, 1000);
        figures[`p99${suffix}`] = percentiles(slowest(latencies, messages)).p99;
        figures.clientBusy = Math.max(figures.clientBusy ?? 0, busiest);
      }
    }
    return figures as Figures;
  },
};

/** Of each message the latency to the last member: each process has told that of its own, one after the other. */
function slowest(latencies: readonly number[], messages: number): number[] {
  return Array.from({ length: messages }, (_, message) => {
    const ofProcesses = latencies.filter((_, index) => index % messages === message);
    return Math.max(...ofProcesses);
  });
}
