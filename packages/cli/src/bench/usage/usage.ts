import { setTimeout as delay } from 'node:timers/promises';

/** What a server has used up to a moment. */
export interface Usage {
  /** CPU seconds, user and system, of all its processes and threads since they began. */
  readonly cpuSeconds: number;
  /** Resident memory. */
  readonly memoryBytes: number;
}

export type ReadUsage = () => Promise<Usage>;

/**
 * Waits until the server does next to nothing, so that work that follows the last answer is counted to what caused
 * it.
 */
export async function untilQuiet(read: ReadUsage): Promise<Usage> {
  const deadline = performance.now() + quietWithinMs;
  for (let before = await read(); ; ) {
    await delay(quietStepMs);
    const now = await read();
    const share = ((now.cpuSeconds - before.cpuSeconds) * 1000) / quietStepMs;
    if (share < quietShare || performance.now() > deadline) return now;
    before = now;
  }
}

const quietStepMs = 200;
/** Of one core. */
const quietShare = 0.06;
/** A server that is never quiet is taken as it is. */
const quietWithinMs = 5_000;
