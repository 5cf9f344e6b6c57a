import type { ConversationId } from '../types.ts';
import type {
  ConversationRecord,
  DeviceRecord,
  MessageRecord,
  ProfileRecord,
  ValueRecord,
} from './records.ts';

/** What a store hands over when it is opened. */
export interface StoreSnapshot {
  /** Undefined when the store is new. */
  readonly device: DeviceRecord | undefined;
  readonly conversations: readonly ConversationRecord[];
  /** Messages with `pending`, ascending by it. */
  readonly outbox: readonly MessageRecord[];
  /** In any order. */
  readonly values: readonly ValueRecord[];
}

/** Changes are carried out in the order given. Puts replace what has the same key. */
export type Change =
  | { readonly put: 'device'; readonly record: DeviceRecord }
  | { readonly put: 'conversation'; readonly record: ConversationRecord }
  | { readonly put: 'message'; readonly record: MessageRecord }
  | { readonly put: 'value'; readonly record: ValueRecord }
  | { readonly put: 'profile'; readonly record: ProfileRecord }
  | { readonly remove: 'value'; readonly key: string }
  /** Messages with `from` <= order < `before`. */
  | {
      readonly remove: 'messages';
      readonly conversation: ConversationId;
      readonly from: number;
      readonly before: number;
    }
  /** Everything: the store is new again. */
  | { readonly remove: 'everything' };

/**
 * Where a device keeps what it knows. One store belongs to one device of one user and is used by one client at a
 * time. Every implementation is held to the same contract suite (local-store.contract.ts).
 */
export interface LocalStore {
  /**
   * Under which name other pages of this browser open the same data; absent when nobody else can.
   */
  readonly sharedAs?: string;
  /**
   * Opens the store, or makes it. `onLost` is called when another client takes the store over; from then on
   * every other method rejects. May be called again after close().
   */
  open(onLost: (reason: string) => void): Promise<StoreSnapshot>;
  /** One transaction: all of it or nothing. Calls take effect in the order in which they are made. */
  apply(changes: readonly Change[]): Promise<void>;
  message(conversation: ConversationId, order: number): Promise<MessageRecord | undefined>;
  /** Newest first: messages with `from` <= order < `before` (default: all), at most `limit`. */
  messages(
    conversation: ConversationId,
    range: { readonly from?: number; readonly before?: number; readonly limit: number },
  ): Promise<MessageRecord[]>;
  /** The messages that disappear first (those with `disappearsAt`, ascending by it), at most `limit`. */
  disappearing(limit: number): Promise<MessageRecord[]>;
  /** Those of these users that are known, in any order. */
  profiles(users: readonly string[]): Promise<ProfileRecord[]>;
  /** Releases it and keeps the data. Idempotent. */
  close(): Promise<void>;
}
