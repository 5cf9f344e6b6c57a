import { percentiles } from '../statistics.ts';
import { measure } from './measure.ts';
import type { Scenario } from './scenario.ts';

/** Everybody is cut off and comes back at once, as after a restart of a proxy. */
export const reconnect: Scenario = {
  name: 'reconnect',
  title: ({ reconnects }) => `${2 * Math.ceil(reconnects / 2)} clients drop and reconnect at once, resuming`,
  metrics: () => [
    { name: 'cpu', title: 'server CPU-ms per reconnect', digits: 3 },
    { name: 'seconds', title: 'all live after s', digits: 2 },
    { name: 'p50', title: 'p50 ms', digits: 0 },
    { name: 'p99', title: 'p99 ms', digits: 0 },
    { name: 'clientCpu', title: 'client CPU-ms each', digits: 3 },
  ],
  users: ({ reconnects }) => {
    const half = Math.ceil(reconnects / 2);
    return { senders: half, receivers: half };
  },
  async run({ fleet, usage }) {
    await fleet.run('connect', 1);
    await fleet.run('greet', 1);
    // The first time, devices learn the position from which they resume; then what is compiled is warm.
    for (let time = 0; time < 3; time += 1) await fleet.run('reconnect', 1);
    const measured = await measure(usage, () => fleet.run('reconnect', 1));
    const count = measured.latencies.length;
    const { p50, p99 } = percentiles(measured.latencies);
    return {
      cpu: (measured.serverCpuSeconds / count) * 1000,
      seconds: measured.seconds,
      p50,
      p99,
      clientCpu: (measured.cpuSeconds / count) * 1000,
      clientBusy: measured.busiest,
    };
  },
};
