import type { LoadTask } from './load-process.ts';
import { LoadWorker } from './load-worker.ts';

/** What all load processes together did in one phase. */
export interface FleetResult {
  /** Of the slowest. */
  readonly seconds: number;
  /** Together. */
  readonly cpuSeconds: number;
  /** Of one core, by the busiest: near 1, the load generator is what was measured. */
  readonly busiest: number;
  readonly latencies: readonly number[];
}

/** The load processes of one scenario. Each gets its share of the users; phases begin in all at the same time. */
export class Fleet {
  readonly #workers: readonly LoadWorker[];

  private constructor(workers: readonly LoadWorker[]) {
    this.#workers = workers;
  }

  static async start(task: LoadTask, count: number): Promise<Fleet> {
    const all = shares(task, count);
    const workers = all.map(() => new LoadWorker());
    const fleet = new Fleet(workers);
    try {
      await Promise.all(workers.map((worker, index) => worker.ask(all[index] ?? task)));
      return fleet;
    } catch (error) {
      await fleet.stop();
      throw error;
    }
  }

  /** `total`: whether the amount is for all processes together (connections), or the same in each (messages). */
  async run(phase: string, amount: number, total = false): Promise<FleetResult> {
    const results = await Promise.all(
      this.#workers.map((worker, index) =>
        worker.ask({ phase, amount: total ? shareOf(amount, this.#workers.length, index) : amount }),
      ),
    );
    return {
      seconds: Math.max(...results.map(({ seconds }) => seconds)),
      cpuSeconds: results.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
      busiest: Math.max(...results.map(({ cpuSeconds, seconds }) => cpuSeconds / seconds)),
      latencies: results.flatMap(({ latencies }) => [...latencies]),
    };
  }

  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.stop()));
  }
}

/** Users are dealt out in turn, so that the first n of all are about as many in each process. */
export function shares(task: LoadTask, count: number): LoadTask[] {
  return Array.from({ length: count }, (_, process) => ({
    ...task,
    senders: task.senders.filter((_, index) => index % count === process),
    receivers: task.receivers.filter((_, index) => index % count === process),
    ...(task.groups && {
      groups: task.groups.map((group) => ({ ...group, members: shareOf(group.size, count, process) })),
    }),
  }));
}

/** What falls to one process of an amount that is dealt out in turn. */
export function shareOf(amount: number, count: number, process: number): number {
  return Math.floor((amount + count - 1 - process) / count);
}
