import type { Store } from '@stoa/storage';
import { fileSettings } from './apps/index.ts';
import type { Clock } from './clock.ts';
import { type Files, fileLimits, openFiles } from './files/index.ts';
import type { Settings } from './settings/index.ts';

export interface FilingOptions {
  readonly settings: Settings;
  readonly store: Store;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/** Joins files with the rest of a node: where they are kept, and what each app allows. */
export function startFiling({ settings, store, clock, onError }: FilingOptions): Promise<Files> {
  return openFiles({
    store,
    clock,
    folder: settings.filesDir,
    s3: settings.files,
    linkHours: settings.fileLinkHours,
    limitsOf: async (aid) => fileLimits(settings, fileSettings(await store.apps.find(aid))),
    onError,
  });
}
