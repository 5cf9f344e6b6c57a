import type { Content } from '@stoa/protocol';
import type { Draft, Target } from '../types.ts';

/** Of a message with a file, what is not its content. */
export type FileDraft = Pick<Draft, 'type' | 'flags' | 'expiry' | 'ref' | 'age'>;

/** What is said of a file beside what the server and a look at it tell, and before them. */
export type FileAbout = Pick<
  NonNullable<Content['file']>,
  'note' | 'waveform' | 'duration' | 'width' | 'height' | 'thumbnail'
>;

/** A file on its way, as it is kept until its message is in the outbox. */
export interface TransferRecord {
  readonly id: string;
  readonly target: Target;
  /** Of the message; the file is added to it. */
  readonly content: Content;
  /** What else is said of the message. */
  readonly draft?: FileDraft;
  readonly about?: FileAbout;
  readonly file: Blob;
  readonly name: string;
  readonly createdAt: number;
  /** Of the upload, once it has begun. */
  readonly uploadId?: string;
  readonly paused?: boolean;
  /** Of the message: tells whether it is in the outbox already. */
  readonly localId: number;
}

/** Keeps files that wait for being sent, for when the page is loaded anew. */
export interface TransferStore {
  all(): Promise<readonly TransferRecord[]>;
  find(id: string): Promise<TransferRecord | undefined>;
  put(record: TransferRecord): Promise<void>;
  remove(id: string): Promise<void>;
}

/** Keeps nothing beyond the end of the page. */
export function memoryTransfers(): TransferStore {
  const records = new Map<string, TransferRecord>();
  return {
    all: async () => [...records.values()],
    find: async (id) => records.get(id),
    put: async (record) => {
      records.set(record.id, record);
    },
    remove: async (id) => {
      records.delete(id);
    },
  };
}
