/** What belongs to one user alone: values that his devices share, messages that wait for their time, erasure. */

export interface UserValue {
  readonly key: string;
  /** Null when it was removed. */
  readonly value: Uint8Array | null;
  /** Of its latest change; comparable with those of CursorStore.changed. */
  readonly position: number;
}

/**
 * A map of small values for each user. What was removed stays in it as a mark, so that every device learns of it, and
 * counts until its place is needed.
 */
export interface UserValueStore {
  /**
   * Sets values, or removes those that are null, in one commit. Keys must differ. Removing what is not there changes
   * nothing. Resolves to the position of the change; to undefined, and nothing is changed, when the user would have
   * more than about `limit` values. The oldest marks of removed ones make room first.
   */
  set(change: {
    uid: number;
    values: readonly { readonly key: string; readonly value: Uint8Array | null }[];
    limit: number;
    now: number;
  }): Promise<number | undefined>;
  get(uid: number, key: string): Promise<Uint8Array | undefined>;
  /** Those whose key begins with `prefix` (which ends with an ASCII character), ascending by key from after `after`. */
  list(query: { uid: number; prefix: string; after?: string; limit: number }): Promise<UserValue[]>;
  /**
   * Changed after `position`, in the order of their changes, removed ones included. Who has read all pages (with
   * `after`) and goes on from the position that came with the first one misses nothing.
   */
  changed(query: {
    uid: number;
    position: number;
    limit: number;
    after?: { readonly position: number; readonly key: string };
  }): Promise<{ position: number; values: UserValue[] }>;
}

export interface ScheduledMessage {
  /** uid of the sender. */
  readonly sender: number;
  /** Device number; 0 when sent by the back end. */
  readonly dev: number;
  /** Idempotency key within (sender, dev). */
  readonly id: number;
  readonly at: number;
  /** Encoded by the caller; the store does not look into it. */
  readonly payload: Uint8Array;
  /** Why it could not be sent; null while it waits. */
  readonly failed: string | null;
}

type ScheduledKey = Pick<ScheduledMessage, 'sender' | 'dev' | 'id'>;

/** Messages that wait for their time. Keys of cancelled ones are remembered, until they are swept. */
export interface ScheduleStore {
  /**
   * Keeps a message. One whose key is known, cancelled ones included, changes nothing and is answered with the time
   * of the first. Undefined, and nothing is changed, when the sender has `limit` entries already.
   */
  add(
    message: Omit<ScheduledMessage, 'failed'> & { readonly limit: number },
  ): Promise<{ at: number; added: boolean } | undefined>;
  /** The time for which this key was scheduled, cancelled or not; undefined when it was not, or was sent. */
  find(key: ScheduledKey): Promise<number | undefined>;
  /** Of the sender, the next one first, from after `after`; those that failed are included, cancelled ones are not. */
  list(query: {
    sender: number;
    after?: { readonly at: number; readonly dev: number; readonly id: number };
    limit: number;
  }): Promise<ScheduledMessage[]>;
  /** False when there is none, or it is being sent. */
  cancel(key: ScheduledKey, now: number): Promise<boolean>;
  /**
   * Hands out messages whose time has come, the oldest first, each to one caller, and to another one when it was
   * neither removed nor failed before `retryBefore` (the time of the first handing out is earlier than that). Those of
   * one sender keep their order: none is handed out while one that was due before it is still held.
   */
  take(query: { now: number; retryBefore: number; limit: number }): Promise<ScheduledMessage[]>;
  /** It was sent: nothing is kept of it. */
  remove(key: ScheduledKey): Promise<void>;
  /** It could not be sent, and stays in the list. */
  fail(key: ScheduledKey, reason: string): Promise<void>;
  /** Removes what was cancelled or failed before `before`, at most `limit`; number removed, 0 when none is left. */
  sweep(before: number, limit: number): Promise<number>;
}

/** Erasing a user: begun once, then carried on in steps, by any node and after any restart, until nothing is left. */
export interface ErasureStore {
  /**
   * Removes the user like UserStore.remove (or one who was removed already), gives him the address `address` and no
   * name, forgets one-time codes for the old address, and notes that his messages are to be emptied. False when there
   * is no such user.
   */
  begin(uid: number, address: string): Promise<boolean>;
  /** Users whose erasure is under way, at most `limit`. */
  pending(limit: number): Promise<number[]>;
  /** Empties some of the user's messages (`gone`: erased), at most `limit`. False when nothing was left. */
  step(uid: number, limit: number): Promise<boolean>;
}
