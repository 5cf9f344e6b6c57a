import type { Store } from '@stoa/storage';
import type { Clock } from './clock.ts';

export interface SweepingOptions {
  readonly store: Pick<Store, 'log' | 'tokens' | 'otps'>;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/**
 * Removes what has expired (contents of messages, tokens, one-time codes) from the store, once a minute in small
 * steps. Nothing depends on it but disk space: what has expired is refused and withheld by its time alone.
 *
 * @returns the function that stops it
 */
export function startSweeping({ store, clock, onError }: SweepingOptions): () => void {
  let running = false;
  const sweepAll = async (): Promise<void> => {
    if (running) return;
    running = true;
    try {
      for (const part of [store.log, store.tokens, store.otps]) {
        while ((await part.sweep(clock.now(), batchSize)) > 0);
      }
    } catch (error) {
      onError(error);
    } finally {
      running = false;
    }
  };
  return clock.every(60_000, () => void sweepAll());
}

const batchSize = 500;
