/**
 * Load process of the scenario "pairs": senders keep `window` messages in flight until `messages` are acknowledged and
 * received. Prints one line of JSON.
 */
import { once } from 'node:events';
import { type Connect, connectToRelay, connectToStoa, type LoadConnection } from './wire.ts';

export interface PairsTask {
  readonly peer: 'stoa' | 'relay';
  readonly url: string;
  readonly pairs: readonly { sender: LoadUser; receiver: LoadUser }[];
  readonly window: number;
  /** Messages of each sender before counting begins, and counted ones. */
  readonly warmUp: number;
  readonly messages: number;
}

export interface LoadUser {
  readonly address: string;
  readonly token: string;
}

export interface PairsResult {
  readonly messages: number;
  readonly seconds: number;
  /** Milliseconds from send to both acknowledged and received. */
  readonly latency: {
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
    readonly max: number;
  };
  /** CPU seconds of the load process while it counted. */
  readonly clientCpuSeconds: number;
}

const text = 'x'.repeat(100);

async function main(): Promise<void> {
  const [task] = (await once(process, 'message')) as [PairsTask];
  const connect: Connect = task.peer === 'stoa' ? connectToStoa : connectToRelay;
  const pairs = await Promise.all(task.pairs.map((pair) => openPair(task, pair, connect)));
  await Promise.all(pairs.map((pair) => pair.run(task.warmUp)));
  process.send?.('warm');
  await once(process, 'message');
  const cpu = process.cpuUsage();
  const started = performance.now();
  const latencies = (await Promise.all(pairs.map((pair) => pair.run(task.messages)))).flat();
  const seconds = (performance.now() - started) / 1000;
  const used = process.cpuUsage(cpu);
  latencies.sort((a, b) => a - b);
  const at = (share: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))] ?? 0;
  const result: PairsResult = {
    messages: latencies.length,
    seconds,
    latency: { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) },
    clientCpuSeconds: (used.user + used.system) / 1e6,
  };
  process.send?.(result);
  for (const pair of pairs) pair.close();
  process.disconnect();
}

async function openPair(
  { url, window }: PairsTask,
  { sender, receiver }: PairsTask['pairs'][number],
  connect: Connect,
) {
  let nextId = 1;
  let left = 0;
  let latencies: number[] = [];
  let finish = (): void => {};
  /** Start times of messages of which one of the two signs is still missing. */
  const open = new Map<number, { at: number; signs: number }>();
  let from: LoadConnection | undefined;
  const sendOne = (): void => {
    if (left === 0) return;
    left -= 1;
    const id = nextId;
    nextId += 1;
    open.set(id, { at: performance.now(), signs: 0 });
    from?.send(receiver.address, id, text);
  };
  const sign = (id: number): void => {
    const entry = open.get(id);
    if (entry === undefined) return;
    entry.signs += 1;
    if (entry.signs < 2) return;
    open.delete(id);
    latencies.push(performance.now() - entry.at);
    if (left > 0) sendOne();
    else if (open.size === 0) finish();
  };
  const nothing = (): void => {};
  const to = await connect(url, receiver.address, receiver.token, { acknowledged: nothing, received: sign });
  from = await connect(url, sender.address, sender.token, { acknowledged: sign, received: nothing });
  return {
    run(messages: number): Promise<number[]> {
      left = messages;
      latencies = [];
      return new Promise((resolve) => {
        finish = () => resolve(latencies);
        for (let count = 0; count < window; count += 1) sendOne();
      });
    },
    close(): void {
      from?.close();
      to.close();
    },
  };
}

await main();
