import type { Readable } from 'node:stream';

/** Bytes of a file, both ends included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** What a browser is told of a content that it reads elsewhere. */
export interface LinkedAs {
  readonly contentType: string;
  readonly disposition: string;
}

/** A film may be watched for so long by one link to its store. */
export const linkSeconds = 3600;

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
  /**
   * An address at which the content can be read without this server, for `linkSeconds`. Undefined where there is none,
   * or it is not to be used.
   */
  link?(id: string, as: LinkedAs): Promise<string | undefined>;
  /** Rejects with StoaError NOT_FOUND when there is no content of this id. */
  open(id: string, range?: ByteRange): Promise<Readable>;
  /** Bytes of the content; undefined when there is none. */
  size(id: string): Promise<number | undefined>;
  /** Removing what is not there is harmless. */
  remove(id: string): Promise<void>;
  /** Lets go of connections. */
  close(): void;
}
