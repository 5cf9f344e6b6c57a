import type {
  Content,
  MessageAge,
  MessageEvent,
  MessageFrame,
  ProfileInfo,
  Reaction,
  Votes,
} from '@stoa/protocol';
import type { ConversationId, Self } from '../types.ts';

/** Places `start` … `end` of a conversation, both included; empty when `end` is `start - 1`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** What the device knows about itself. */
export interface DeviceRecord {
  /** Random id, made together with the store and lost with it. */
  readonly device: string;
  /** Everything up to here is stored (position of the last `synced` frame). */
  readonly position?: number;
  /** The highest send id that was ever used. */
  readonly lastSendId: number;
  /** The user that the store belongs to; absent before the first sign-in. */
  readonly self?: Self;
}

/** What is on a message by events. */
export interface ShownMarks {
  /** The most frequent first, each with those who reacted in the order in which they did. */
  readonly reactions?: readonly Reaction[];
  /** Of a poll: for which options, by their places, who votes. */
  readonly votes?: readonly Votes[];
  /** Who has pinned it, and when. */
  readonly pinned?: { readonly user: string; readonly ts: number };
  /** When the poll was closed, in milliseconds since 1970. */
  readonly pollClosed?: number;
}

/** An event that marks a message. */
export interface MarkDelta {
  readonly event: MessageEvent;
  readonly seq: number;
  readonly ts: number;
  readonly user: string;
  readonly content: Content;
}

/** What is known of the marks of a message. */
export interface MarksRecord {
  /** All events up to this place are part of `base`. */
  readonly upto: number;
  readonly base: ShownMarks;
  /** Events behind it, ascending: there may be others between them that are not known yet. */
  readonly later: readonly MarkDelta[];
  /** `base` with them. */
  readonly shown: ShownMarks;
}

/** A message as it is stored: LocalMessage without what can be derived (its status). */
export interface MessageRecord {
  readonly conversation: ConversationId;
  /** Unique in the conversation; see LocalMessage. */
  readonly order: number;
  readonly seq: number;
  readonly mid: number;
  readonly id: number;
  readonly localId: number;
  readonly from: string;
  readonly outgoing: boolean;
  readonly ts: number;
  readonly type: number;
  readonly flags: number;
  readonly expiresAt?: number;
  readonly ref?: number;
  readonly content?: Content;
  readonly gone?: NonNullable<MessageFrame['gone']>;
  readonly edited?: number;
  /** Edits up to this place are part of it; see messages/changed-record.ts. */
  readonly editedSeq?: number;
  readonly marks?: MarksRecord;
  /** Repeats `id` while the message waits in the outbox, absent afterwards: stores index it. */
  readonly pending?: number;
  /** See HandedIn. */
  readonly key?: string;
  /** While in the outbox: seconds that it may wait for delivery. */
  readonly expiry?: number;
  /** Own message that was not delivered before it expired. */
  readonly expired?: true;
  /** A message that waits for its time, in the outbox or (without `pending`) with the server. Never shown. */
  readonly scheduledAt?: number;
  /**
   * Stands in for a message that was deleted here after it had gone out and before it was answered: should the server
   * have it, it is deleted for the user's other devices too. Never shown, never sent.
   */
  readonly withdrawn?: true;
  /** In the outbox only: no message but a change of the one at place `target`. Never shown. */
  readonly event?: MessageEvent;
  readonly target?: number;
  /** In the outbox: a change that was made after it had been sent; it follows when the server has answered. */
  readonly revision?: { readonly event: MessageEvent; readonly content: Content };
  readonly age?: MessageAge;
  /** Time of the server at which it disappears: stores index it. */
  readonly disappearsAt?: number;
  /** Why sending failed. */
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string };
}

/** A small value that the devices of the user share, by its key. */
export interface ValueRecord {
  readonly key: string;
  /** Absent while the server has not confirmed that it was removed. */
  readonly value?: unknown;
  /** Orders its changes: where the server has put the one that is known. */
  readonly position?: number;
  /** Set while the server has not confirmed it; another number at every change. */
  readonly unsent?: number;
}

/** What a user says of himself, as far as this user may see it. */
export interface ProfileRecord {
  readonly user: string;
  readonly profile: ProfileInfo;
  /** When the server has said so. */
  readonly at: number;
}

export interface ConversationRecord {
  readonly id: ConversationId;
  /** The server's id; 0 while nothing was exchanged with the server. */
  readonly conv: number;
  readonly name: string;
  /** True when the user is no member of the group any more. */
  readonly left?: boolean;
  /** Places that this device knows, ascending and apart; live messages continue the last run. */
  readonly runs: readonly Range[];
  /** How far the user has read, on any device. */
  readonly read: number;
  /** How far he has read letting others know. */
  readonly readWithReceipt: number;
  /** What the server has not confirmed of it yet: places to be sent as read without and with receipt. */
  readonly unconfirmedRead?: { readonly quiet?: number; readonly receipt?: number };
  /** Places after `read` and `clearedAt` that need no reading: own messages, events, expired and deleted ones. */
  readonly skipped: number;
  readonly peerCursor: {
    readonly delivered: number;
    readonly deliveredAt: number;
    readonly read: number;
    readonly readAt: number;
  };
  /** In a group: the places before these cursors that none of those has received, or read, for whom they are. */
  readonly peerGaps?: { readonly delivered: readonly Range[]; readonly read: readonly Range[] };
  /** Places of messages that mention the user, ascending; those that were read are forgotten now and then. */
  readonly mentioned?: readonly number[];
  /** Copy of the newest message, so that a list needs no reading of messages. */
  readonly latest?: MessageRecord;
  /** Everything up to here was deleted by the user: not listed until there is something newer. */
  readonly clearedAt?: number;
}
