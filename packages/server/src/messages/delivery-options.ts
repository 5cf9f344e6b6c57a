import type { ServerFrame } from '@stoa/protocol';
import type { CursorStore, GroupStore, MessageLog } from '@stoa/storage';
import type { TellsDelivered } from '../receipts/index.ts';
import type { History } from './history.ts';

/** One device's end of the line, as delivery sees it. */
export interface DeliveryOutlet {
  /** Queues a frame for the device. */
  write(frame: ServerFrame): void;
  /** Queues a frame that was encoded as msgpack for all receivers. */
  writeEncoded(bytes: Uint8Array): void;
  /** True while the device does not take what was written: delivery waits. */
  readonly congested: boolean;
  readonly closed: boolean;
}

export interface DeliveryOptions {
  readonly uid: number;
  readonly dev: number;
  /** When the device first signed in: of a conversation that began later it gets everything. */
  readonly since: number;
  readonly outlet: DeliveryOutlet;
  readonly log: MessageLog;
  readonly cursors: CursorStore;
  readonly groups: Pick<GroupStore, 'find' | 'member' | 'missedChanges' | 'spans'>;
  readonly history: History;
  /** Whether others are told what has reached this user. */
  readonly tellsDelivered?: TellsDelivered;
  /** Called for each message that was written to the device. */
  readonly onDelivered: () => void;
  /** Delivery has ended because the store failed: the connection must be closed. */
  readonly onError: (error: unknown) => void;
}
