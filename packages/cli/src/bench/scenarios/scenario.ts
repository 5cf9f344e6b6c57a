import type { Fleet } from '../load/fleet.ts';
import type { LoadTask } from '../load/load-process.ts';
import type { ReadUsage } from '../usage/usage.ts';

/** What is measured, named as in the report. Times are in seconds, memory in bytes unless the name says otherwise. */
export type Figures = Readonly<Record<string, number>>;

/** A column of the report. */
export interface Metric {
  readonly name: string;
  readonly title: string;
  readonly digits: number;
}

/** How many and how large. */
export interface Sizes {
  /** Idle connections, ascending. */
  readonly connections: readonly number[];
  /** Seconds for which connections are watched while idle. */
  readonly idleSeconds: number;
  readonly pairs: number;
  /** Messages of each pair. */
  readonly messages: number;
  readonly window: number;
  readonly offlineUsers: number;
  /** Messages for each offline user. */
  readonly offlineMessages: number;
  readonly reconnects: number;
  /** Members of groups, ascending. */
  readonly groupMembers: readonly number[];
  /** Deliveries that are measured in each of them, about. */
  readonly groupDeliveries: number;
  /** Messages to a group that are on their way at a time. */
  readonly groupWindow: number;
}

/** The server under test, and the processes that load it. */
export interface Rig {
  readonly fleet: Fleet;
  readonly usage: ReadUsage;
  readonly sizes: Sizes;
  /** Has the server let go of what it does not need any more, where it can be asked to. */
  readonly collectGarbage: () => Promise<void>;
}

export interface Scenario {
  readonly name: LoadTask['scenario'];
  readonly title: (sizes: Sizes) => string;
  readonly metrics: (sizes: Sizes) => readonly Metric[];
  /** Users who take part, as many senders as receivers unless one is missing. */
  readonly users: (sizes: Sizes) => { readonly senders: number; readonly receivers: number };
  /** Messages that a sender has on their way; by default as given. */
  readonly window?: (sizes: Sizes) => number;
  run(rig: Rig): Promise<Figures>;
}
