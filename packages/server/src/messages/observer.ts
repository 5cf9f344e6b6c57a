import type { StoredMessage } from '@stoa/storage';

/** A message in the log, with those whom it concerns. */
export interface ObservedMessage {
  readonly aid: number;
  readonly message: StoredMessage;
  /** uid of the other one of a pair; undefined in a group. */
  readonly receiver?: number;
  readonly from: string;
  readonly to?: string;
  readonly gid?: number;
}

/** Somebody outside who is to be told of messages. */
export interface MessageObserver {
  /**
   * Asked for each message: must cost nothing. What it wants is noted in the store together with the message, so that it
   * is told even if this node ends before it has called `stored`.
   */
  wants(aid: number): boolean;
  /**
   * Called before the sender is told that the message is stored, also for one that is sent again. Resolves when it is
   * certain that the observer will be told; the sender waits for that.
   */
  stored(observed: ObservedMessage): Promise<void>;
}

export const nobody: MessageObserver = { wants: () => false, stored: async () => {} };
