import type { MessageLog } from '@stoa/storage';
import type { Clock } from '../clock.ts';

export interface ExpiryOptions {
  readonly log: MessageLog;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/**
 * Removes the content of expired messages from the store, once a minute in small steps. Delivery does not depend
 * on it: an expired message is withheld by its time alone.
 */
export function startExpiry({ log, clock, onError }: ExpiryOptions): () => void {
  let running = false;
  const sweep = async (): Promise<void> => {
    if (running) return;
    running = true;
    try {
      while ((await log.sweep(clock.now(), batchSize)) === batchSize);
    } catch (error) {
      onError(error);
    } finally {
      running = false;
    }
  };
  return clock.every(60_000, () => void sweep());
}

const batchSize = 500;
