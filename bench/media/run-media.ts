import { setTimeout as wait } from 'node:timers/promises';
import { type Figures, percentiles, processTreeUsage } from '@stoa/cli/bench';
import type { Forwarder } from './engines/engine.ts';
import { openNetwork } from './janus/own-network.ts';
import type { commands as Receivers } from './load/receivers.ts';
import type { commands as Senders } from './load/senders.ts';
import { PeerProcess } from './peer-process.ts';
import type { MediaScenario } from './scenarios.ts';
import { until } from './until.ts';

/**
 * Until caches, the compiler and what is known of the viewers' paths have settled: with ten publishers of 100 packets/s
 * functions are still being compiled after ten seconds, and a path is probed until it is known to take what is sent.
 */
const warmUpMs = 10_000;
/** Who estimates what a path takes begins with little. */
const settleMs = 8000;
const lookMs = 500;
const connectMs = 30_000;

/** Runs one scenario against a forwarder in a process of its own, with its load from two others. */
export async function runMedia(
  scenario: MediaScenario,
  engine: string,
  { seconds, profile }: { readonly seconds: number; readonly profile: string | undefined },
): Promise<Figures> {
  const execArgv =
    profile === undefined
      ? []
      : ['--cpu-prof', `--cpu-prof-dir=${profile}`, `--cpu-prof-name=${scenario.name}-${engine}.cpuprofile`];
  const network = engine === 'janus' ? await openNetwork() : undefined;
  const forwarder = new PeerProcess<Forwarder>(`./engines/${engine}.ts`, { execArgv, network });
  const senders = new PeerProcess<typeof Senders>('./load/senders.ts', { network });
  const receivers = new PeerProcess<typeof Receivers>('./load/receivers.ts', { network });
  const processes = [forwarder, senders, receivers];
  try {
    const usage = processTreeUsage([forwarder.pid]);
    const { kind, publishers, viewers, packetsPerSecond } = scenario;
    for (let index = 0; index < publishers; index += 1) {
      const sdp = await forwarder.ask.publish(`p${index}`, kind, await senders.ask.offer(kind));
      await senders.ask.accept(index, sdp);
    }
    await until(() => senders.ask.connected(), 'publishers to connect', connectMs);
    const before = await usage();
    const connect = async (index: number): Promise<void> => {
      const seen = publishersOf(scenario, engine, index);
      const offer = await forwarder.ask.view(`p${index}`, seen);
      const answer = await receivers.ask.answer(index, offer);
      await forwarder.ask.answer(`p${index}`, answer);
    };
    for (let index = 0; index < viewers; index += 1) await connect(index);
    const connected = async (): Promise<boolean> => {
      for (const index of await receivers.ask.failed()) await connect(index);
      return receivers.ask.connected();
    };
    await until(connected, 'viewers to connect', connectMs);
    await senders.ask.start(packetsPerSecond, kind === 'microphone' ? 960 : 90);
    await until(() => receivers.ask.served(), 'every viewer to get something', connectMs);
    const perSecond = viewers * scenario.mostPerViewer * packetsPerSecond;
    await wait(warmUpMs);
    await settle(() => receivers.ask.take(), perSecond);
    const memory = (await usage()).memoryBytes - before.memoryBytes;

    const start = { usage: await usage(), sent: await senders.ask.sent(), at: performance.now() };
    await receivers.ask.take();
    await wait(seconds * 1000);
    const { received, ages } = await receivers.ask.take();
    const passed = (performance.now() - start.at) / 1000;
    const cpuSeconds = (await usage()).cpuSeconds - start.usage.cpuSeconds;
    const { p50, p99 } = percentiles(ages);
    return {
      rate: received / passed,
      share: (100 * received) / (perSecond * passed),
      cpu: (cpuSeconds / received) * 1_000_000,
      p50,
      p99,
      memory: memory / viewers / 1_000_000,
    };
  } finally {
    await Promise.all(processes.map((each) => each.stop()));
    network?.close();
  }
}

/** Whom a viewer is to see. Ours is told of all and chooses the loudest; others are told of those at once. */
function publishersOf(scenario: MediaScenario, engine: string, viewer: number): string[] {
  const others = Array.from({ length: scenario.publishers }, (_, index) => index).filter(
    (index) => !scenario.isMesh || index !== viewer,
  );
  const seen = engine === 'stoa' ? others : others.slice(0, scenario.mostPerViewer);
  return seen.map((index) => `p${index}`);
}

/** Waits until about all comes, but not for ever: what a forwarder cannot do is part of the result. */
async function settle(take: () => Promise<{ received: number }>, perSecond: number): Promise<void> {
  const end = performance.now() + settleMs;
  await take();
  let from = performance.now();
  while (from < end) {
    await wait(lookMs);
    const { received } = await take();
    const passed = performance.now() - from;
    from += passed;
    if (received >= (0.97 * perSecond * passed) / 1000) return;
  }
}
