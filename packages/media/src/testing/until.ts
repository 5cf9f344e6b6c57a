import { setTimeout as wait } from 'node:timers/promises';

/** Asks again until the answer is neither false nor undefined: for what comes over a real network. */
export async function until<T>(ask: () => T | Promise<T>): Promise<Exclude<T, false | undefined>> {
  for (;;) {
    const answer = await ask();
    if (answer !== false && answer !== undefined) return answer as Exclude<T, false | undefined>;
    await wait(5);
  }
}
