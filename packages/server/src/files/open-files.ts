import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { FileRecordStore, Store } from '@stoa/storage';
import type { Clock } from '../clock.ts';
import type { S3Address } from '../settings/index.ts';
import { Attachments, type AttachmentsOptions } from './attachments.ts';
import type { FileLimits } from './file-limits.ts';
import { FileLinks } from './file-links.ts';
import type { FileStore } from './file-store.ts';
import { openFileStore } from './open-file-store.ts';
import { PartialFiles } from './partial-files.ts';
import { sweepFiles } from './sweep-files.ts';
import { type Uploader, Uploads } from './uploads.ts';

/** Everything about files that the doors and other domains use. */
export interface Files {
  readonly uploads: Uploads;
  readonly attachments: Attachments;
  readonly links: FileLinks;
  readonly store: FileStore;
  readonly find: FileRecordStore['find'];
  /** Removes what is no longer in use, as long as it may. */
  sweep(goOn: () => boolean): Promise<void>;
  close(): void;
}

export interface OpenFilesOptions {
  readonly store: Pick<Store, 'files' | 'groups' | 'settings'>;
  readonly clock: Clock;
  /** Of uploads that are not finished; of complete files too, when `s3` is null. */
  readonly folder: string;
  readonly s3: S3Address | null;
  /** For how long a link holds. */
  readonly linkHours: number;
  readonly limitsOf: (aid: number, uid: number) => Promise<FileLimits>;
  /** Rejects when the user may not upload anything now. */
  readonly requireUpload?: (uploader: Uploader) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** Every node of an installation uses the same secret and, in a shared folder or bucket, the same files. */
export async function openFiles(options: OpenFilesOptions): Promise<Files> {
  const { clock, folder, s3, linkHours, limitsOf, requireUpload = async () => {}, onError } = options;
  const { files: records, groups, settings } = options.store;
  const secret = await settings.setOnce('files.secret', randomBytes(32).toString('base64url'));
  const mayRead: AttachmentsOptions['mayRead'] = async (conv, seq, uid) =>
    (await groups.spans(conv, uid)).some(({ after, upto }) => seq > after && (upto === null || seq <= upto));
  const store = await openFileStore(s3, folder, onError);
  const partial = new PartialFiles(join(folder, 'partial'));
  return {
    uploads: new Uploads({ records, store, partial, clock, limitsOf, requireUpload }),
    attachments: new Attachments({ records, clock, mayRead }),
    links: new FileLinks({ secret, hours: linkHours, now: () => clock.now() }),
    store,
    find: (id) => records.find(id),
    sweep: (goOn) => sweepFiles({ records, store, partial, clock }, goOn),
    close: () => store.close(),
  };
}
