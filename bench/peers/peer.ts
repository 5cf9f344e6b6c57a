import type { LoadUser, Target } from '@stoa/cli/bench';
import type { ServerProcess } from './server-process.ts';

/** One of the servers that are compared. */
export interface Peer {
  readonly name: string;
  /** Users that every start of it knows. */
  readonly users: readonly LoadUser[];
  /** Groups that every start of it knows. */
  readonly groups: NonNullable<Target['groups']>;
  /** URL of the module that speaks to it. */
  readonly wire: string;
  /** Starts it anew, without what earlier runs have left. */
  start(): Promise<ServerProcess>;
  /** Removes what it keeps between starts. */
  close(): Promise<void>;
}
