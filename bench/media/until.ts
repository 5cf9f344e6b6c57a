import { setTimeout as wait } from 'node:timers/promises';

/** Asks again until it is so. Throws when that takes too long. */
export async function until(ask: () => Promise<boolean>, what: string, mostMs: number): Promise<void> {
  const end = performance.now() + mostMs;
  while (!(await ask())) {
    if (performance.now() > end) throw new Error(`Waited ${mostMs / 1000} s for ${what}.`);
    await wait(20);
  }
}
