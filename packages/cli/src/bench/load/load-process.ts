/**
 * A process that makes load. Gets a task first; then, phase by phase, what to do, and answers with how long it took,
 * how much CPU it used itself, and the latencies.
 * @module
 */
import { once } from 'node:events';
import type { LoadGroup } from './load-group.ts';
import { createLoad } from './loads.ts';
import type { LoadUser, Wire } from './wire.ts';

export interface LoadTask {
  readonly scenario: 'groups' | 'idle' | 'pairs' | 'offline' | 'reconnect';
  /** URL of the module that speaks to the server. */
  readonly wire: string;
  readonly url: string;
  /** The first of the one list talks to the first of the other, and so on. */
  readonly senders: readonly LoadUser[];
  readonly receivers: readonly LoadUser[];
  readonly groups?: readonly LoadGroup[];
  /** Messages of one sender that are on their way at the same time. */
  readonly window: number;
}

/** One thing to do, so many times. */
export interface LoadPhase {
  readonly phase: string;
  readonly amount: number;
}

export interface PhaseResult {
  readonly seconds: number;
  /** CPU seconds (user and system) of this load process. */
  readonly cpuSeconds: number;
  /** Milliseconds, one for each thing that was done and took time. */
  readonly latencies: Float64Array;
}

export type LoadAnswer = { readonly result: PhaseResult } | { readonly error: string };

async function main(): Promise<void> {
  const [task] = (await once(process, 'message')) as [LoadTask];
  const { wire } = (await import(task.wire)) as { wire: Wire };
  const fail = (error: Error): void => answer({ error: error.message });
  const load = createLoad(task, wire, fail);
  process.on('message', ({ phase, amount }: LoadPhase) => {
    const act = load[phase];
    if (act === undefined) return fail(new Error(`The scenario has no phase "${phase}".`));
    const cpu = process.cpuUsage();
    const started = performance.now();
    act(amount).then((latencies) => {
      const { user, system } = process.cpuUsage(cpu);
      const seconds = (performance.now() - started) / 1000;
      answer({
        result: { seconds, cpuSeconds: (user + system) / 1e6, latencies: Float64Array.from(latencies) },
      });
    }, fail);
  });
  process.on('disconnect', () => process.exit());
  answer({ result: { seconds: 0, cpuSeconds: 0, latencies: new Float64Array() } });
}

function answer(message: LoadAnswer): void {
  process.send?.(message);
}

main().catch((error: unknown) => {
  answer({ error: error instanceof Error ? error.message : String(error) });
  process.disconnect();
});
