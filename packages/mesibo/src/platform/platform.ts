import type { LocalStore, TransferStore } from '@stoa/client';
import type { KeyStore } from './key-store.ts';

/** What differs between a browser and Node. `#platform` in package.json picks the right one. */
export interface Platform {
  /** A database for messages; it is opened when it is first used. Browsers have no folders. */
  database(name: string, folder?: string): LocalStore;
  /** Files on their way that belong to a database. */
  transfers(database: string): TransferStore;
  /** The file that a text names: the id of an input element, or a path. Undefined when there is none. */
  file(name: string): Blob | Promise<Blob> | undefined;
  /** Small values that belong to a database. */
  keys(database: string, folder?: string): KeyStore;
  /** Where the server is unless setServer says otherwise. */
  defaultServer(): string;
}
