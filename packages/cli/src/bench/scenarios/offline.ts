import { percentiles } from '../statistics.ts';
import { measure, perThousand } from './measure.ts';
import type { Scenario } from './scenario.ts';

/** Messages for users who are not there, and what waits for them when they come. */
export const offline: Scenario = {
  name: 'offline',
  title: ({ offlineUsers, offlineMessages }) =>
    `${offlineUsers} offline users × ${offlineMessages} messages stored, then drained by all connecting at once`,
  metrics: () => [
    { name: 'storeRate', title: 'stored/s', digits: 0 },
    { name: 'store', title: 'store, server CPU-s per 100k', digits: 2 },
    { name: 'storeP99', title: 'store p99 ms', digits: 1 },
    { name: 'drain', title: 'drain, server CPU-s per 100k', digits: 2 },
    { name: 'drainSeconds', title: 'all drained after s', digits: 2 },
    { name: 'drainP50', title: 'drain p50 ms', digits: 0 },
    { name: 'clientCpu', title: 'client CPU-s per 100k', digits: 2 },
  ],
  users: ({ offlineUsers }) => ({
    senders: senders(offlineUsers),
    receivers: offlineUsers + Math.ceil(offlineUsers / 4),
  }),
  // As many on their way as in the scenario of pairs.
  window: ({ offlineUsers, pairs, window }) =>
    Math.max(window, Math.round((pairs * window) / senders(offlineUsers))),
  async run({ fleet, usage, sizes }) {
    const { offlineMessages } = sizes;
    await fleet.run('connect', 1);
    await fleet.run('warmStore', 2 * offlineMessages);
    await fleet.run('warmDrain', 2 * offlineMessages);
    const stored = await measure(usage, () => fleet.run('store', offlineMessages));
    const count = stored.latencies.length;
    const drained = await measure(usage, () => fleet.run('drain', offlineMessages));
    return {
      storeRate: count / stored.seconds,
      store: perThousand(stored.serverCpuSeconds, count, 100),
      storeP99: percentiles(stored.latencies).p99,
      drain: perThousand(drained.serverCpuSeconds, count, 100),
      drainSeconds: drained.seconds,
      drainP50: percentiles(drained.latencies).p50,
      clientCpu: perThousand(stored.cpuSeconds + drained.cpuSeconds, count, 100),
      clientBusy: Math.max(stored.busiest, drained.busiest),
    };
  },
};

/** One sender writes to twenty. */
function senders(offlineUsers: number): number {
  return Math.max(1, Math.ceil(offlineUsers / 20));
}
