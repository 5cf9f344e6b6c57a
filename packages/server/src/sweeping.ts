import type { App, Store } from '@stoa/storage';
import type { Background } from './background.ts';

export interface SweepingOptions {
  readonly store: Pick<Store, 'apps' | 'log' | 'tokens' | 'otps' | 'schedule'>;
  readonly background: Background;
  readonly now: () => number;
  /** Days for which messages of an app are kept; 0 for ever. */
  readonly retentionDaysOf: (app: App) => number;
  /** Ends groups whose time is over; resolves to their number. */
  readonly endGroups: (limit: number) => Promise<number>;
}

/**
 * Removes what has expired (contents of messages, tokens, one-time codes) and what is older than it is to be kept, once
 * a minute in small steps. Nothing depends on it but disk space: what has expired is refused and withheld by its time
 * alone.
 */
export function sweepRepeatedly({
  store,
  background,
  now,
  retentionDaysOf,
  endGroups,
}: SweepingOptions): void {
  background.repeat(60_000, async (goOn) => {
    const parts = [
      () => store.log.sweep(now(), batchSize),
      () => store.tokens.sweep(now(), batchSize),
      () => store.otps.sweep(now(), batchSize),
      () => endGroups(batchSize),
      () => store.schedule.sweep(now() - scheduleMemoryMs, batchSize),
    ];
    for (const app of await store.apps.list()) {
      const days = retentionDaysOf(app);
      if (days === 0) continue;
      const before = now() - days * dayMs;
      parts.push(() => store.log.sweepOlder({ aid: app.aid, before, limit: batchSize }));
    }
    const failures: unknown[] = [];
    for (const part of parts) {
      try {
        while (goOn() && (await part()) > 0);
      } catch (error) {
        // One that fails every time must not keep the others from being done.
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Parts of the sweep have failed.');
  });
}

const batchSize = 500;
const dayMs = 24 * 3600 * 1000;
/** How long it is remembered that a scheduled message was cancelled, or failed. */
const scheduleMemoryMs = 30 * dayMs;
