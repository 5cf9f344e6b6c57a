import { percentiles } from '../statistics.ts';
import { measure, perThousand } from './measure.ts';
import type { Scenario } from './scenario.ts';

/** Users write to each other: the everyday load. */
export const pairs: Scenario = {
  name: 'pairs',
  title: ({ pairs, window }) =>
    `${pairs} pairs, 100-byte texts, window ${window}; counted when acknowledged and received`,
  metrics: () => [
    { name: 'rate', title: 'messages/s', digits: 0 },
    { name: 'cpu', title: 'server CPU-s per 100k', digits: 2 },
    { name: 'clientCpu', title: 'client CPU-s per 100k', digits: 2 },
    { name: 'p50', title: 'p50 ms', digits: 1 },
    { name: 'p95', title: 'p95 ms', digits: 1 },
    { name: 'p99', title: 'p99 ms', digits: 1 },
    { name: 'max', title: 'max ms', digits: 0 },
  ],
  users: ({ pairs }) => ({ senders: pairs, receivers: pairs }),
  async run({ fleet, usage, sizes }) {
    await fleet.run('connect', 1);
    // What the server compiles while it warms up is not the price of a message.
    await fleet.run('exchange', sizes.messages);
    const measured = await measure(usage, () => fleet.run('exchange', sizes.messages));
    const count = measured.latencies.length;
    return {
      rate: count / measured.seconds,
      cpu: perThousand(measured.serverCpuSeconds, count, 100),
      clientCpu: perThousand(measured.cpuSeconds, count, 100),
      clientBusy: measured.busiest,
      ...percentiles(measured.latencies),
    };
  },
};
