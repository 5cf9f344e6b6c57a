import type { Readable } from 'node:stream';

/** Bytes of a file, both ends included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Where the content of complete files is kept, by their ids. A content never changes. All reject with UNAVAILABLE when the
 * place where they are cannot be reached.
 */
export interface FileStore {
  /**
   * Takes over the local file at `path`; resolves when the content is durable and the file is no longer there.
   * Repeating it after that is harmless.
   *
   * @throws StoaError STORAGE_FULL
   */
  put(id: string, path: string): Promise<void>;
  /** Rejects with StoaError NOT_FOUND when there is no content of this id. */
  open(id: string, range?: ByteRange): Promise<Readable>;
  /** Bytes of the content; undefined when there is none. */
  size(id: string): Promise<number | undefined>;
  /** Removing what is not there is harmless. */
  remove(id: string): Promise<void>;
  /** Lets go of connections. */
  close(): void;
}
