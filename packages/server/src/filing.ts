import type { Store } from '@stoa/storage';
import { fileSettings } from './apps/index.ts';
import type { Clock } from './clock.ts';
import { type Files, fileLimits, openFiles, type Uploader } from './files/index.ts';
import type { Settings } from './settings/index.ts';

export interface FilingOptions {
  readonly settings: Settings;
  readonly store: Store;
  readonly clock: Clock;
  /** What the app lets this user upload. */
  readonly permissions: {
    requireUpload(user: Uploader): Promise<void>;
    fileBytes(user: Uploader, bytes: number): Promise<number>;
  };
  readonly onError: (error: unknown) => void;
}

/** Joins files with the rest of a node: where they are kept, and what each app allows. */
export function startFiling({ settings, store, clock, permissions, onError }: FilingOptions): Promise<Files> {
  return openFiles({
    store,
    clock,
    folder: settings.filesDir,
    s3: settings.files,
    linkHours: settings.fileLinkHours,
    requireUpload: (user) => permissions.requireUpload(user),
    limitsOf: async (aid, uid) => {
      const limits = fileLimits(settings, fileSettings(await store.apps.find(aid)));
      return { ...limits, bytes: await permissions.fileBytes({ aid, uid }, limits.bytes) };
    },
    onError,
  });
}
