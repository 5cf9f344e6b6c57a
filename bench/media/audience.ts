import { setTimeout as wait } from 'node:timers/promises';
import { type Figures, type Metric, percentiles, processTreeUsage, reportTable } from '@stoa/cli/bench';
import type { Forwarder } from './engines/engine.ts';
import type { commands as Receivers } from './load/receivers.ts';
import type { commands as Senders } from './load/senders.ts';
import { PeerProcess } from './peer-process.ts';
import { until } from './until.ts';

/** As many as make a small picture that moves. */
const packetsPerSecond = 30;
/** Who join at the same time. */
const atOnce = 20;
const warmUpMs = 2000;
const connectMs = 120_000;

const metrics: readonly Metric[] = [
  { name: 'joins', title: 'joins/s', digits: 0 },
  { name: 'rate', title: 'packets/s', digits: 0 },
  { name: 'share', title: '% of what should come', digits: 1 },
  { name: 'perViewer', title: 'CPU ms per viewer and s', digits: 3 },
  { name: 'cpu', title: 'CPU-s per 1M', digits: 1 },
  { name: 'p50', title: 'p50 ms', digits: 2 },
  { name: 'p99', title: 'p99 ms', digits: 2 },
  { name: 'memory', title: 'MB per viewer', digits: 2 },
];

/** One camera and ever larger audiences: what a viewer costs has to stay the same. */
export async function audienceBench(
  sizes: readonly number[],
  seconds: number,
): Promise<Map<string, Figures[]>> {
  const results = new Map<string, Figures[]>();
  for (const viewers of sizes) {
    const figures = await runAudience(viewers, seconds);
    results.set(`${viewers} viewers`, [figures]);
    process.stderr.write(
      `${viewers} viewers: ${figures.joins?.toFixed(0)} joins/s, ${figures.perViewer?.toFixed(3)} CPU ms per viewer and s\n`,
    );
  }
  const title = `1 publisher of ${packetsPerSecond} packets/s, its viewers spread over the processes of the node`;
  console.log(['', title, ...reportTable(metrics, results)].join('\n'));
  return results;
}

async function runAudience(viewers: number, seconds: number): Promise<Figures> {
  const forwarder = new PeerProcess<Forwarder>('./engines/stoa-workers.ts');
  const senders = new PeerProcess<typeof Senders>('./load/senders.ts');
  const receivers = new PeerProcess<typeof Receivers>('./load/receivers.ts');
  try {
    const usage = processTreeUsage([forwarder.pid]);
    await senders.ask.accept(
      0,
      await forwarder.ask.publish('p0', 'camera', await senders.ask.offer('camera')),
    );
    await until(() => senders.ask.connected(), 'the publisher to connect', connectMs);
    await senders.ask.start(packetsPerSecond, 3000);
    const before = await usage();

    const joinedFrom = performance.now();
    for (let first = 0; first < viewers; first += atOnce) {
      const some = Array.from({ length: Math.min(atOnce, viewers - first) }, (_, index) => first + index);
      await Promise.all(some.map((viewer) => join(forwarder, receivers, viewer)));
    }
    const served = async (): Promise<boolean> => {
      for (const viewer of await receivers.ask.failed()) await join(forwarder, receivers, viewer);
      return receivers.ask.served();
    };
    await until(served, 'every viewer to get something', connectMs);
    const joins = viewers / ((performance.now() - joinedFrom) / 1000);

    await wait(warmUpMs);
    const start = await usage();
    await receivers.ask.take();
    const from = performance.now();
    await wait(seconds * 1000);
    const { received, ages } = await receivers.ask.take();
    const passed = (performance.now() - from) / 1000;
    const end = await usage();
    const cpuSeconds = end.cpuSeconds - start.cpuSeconds;
    const { p50, p99 } = percentiles(ages);
    return {
      joins,
      rate: received / passed,
      share: (100 * received) / (viewers * packetsPerSecond * passed),
      perViewer: (1000 * cpuSeconds) / passed / viewers,
      cpu: (cpuSeconds / received) * 1_000_000,
      p50,
      p99,
      memory: (end.memoryBytes - before.memoryBytes) / viewers / 1_000_000,
    };
  } finally {
    await Promise.all([forwarder, senders, receivers].map((each) => each.stop()));
  }
}

async function join(
  forwarder: PeerProcess<Forwarder>,
  receivers: PeerProcess<typeof Receivers>,
  viewer: number,
): Promise<void> {
  const name = `v${viewer}`;
  const offer = await forwarder.ask.view(name, ['p0']);
  await forwarder.ask.answer(name, await receivers.ask.answer(viewer, offer));
}
