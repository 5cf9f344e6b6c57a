/** The data that an application sees. */

import type {
  CallNoticeFrame,
  Content,
  GroupNoticeFrame,
  MessageAge,
  MessageEvent,
  MessageFrame,
  ProfileInfo,
  Reaction,
  ReceiptsFrame,
  RoomNoticeFrame,
  StoaError,
  Votes,
} from '@stoa/protocol';
import type { Call } from './calls/index.ts';

/** Names a conversation by its other side: one user or one group. */
export type Target = { readonly peer: string } | { readonly gid: number };

/** Key of a conversation in the local store and in lists: `u:<address>` or `g:<gid>`. */
export type ConversationId = `u:${string}` | `g:${number}`;

/**
 * - `stopped`: start() was not called, or stop() was.
 * - `connecting`: trying; `online`: signed in; `offline`: waiting for the next attempt or for the network.
 * - `refused`: no further attempt is made, see `error`. With `signedOut` the code is DISPLACED (the user signed in
 *   elsewhere: start() takes this device back), SIGNED_OUT (this device was signed out: it needs another token) or
 *   CONFLICT (another page took the local store over: start() takes it back); otherwise the server will not have
 *   these credentials.
 */
export type ConnectionStatus =
  | { readonly state: 'stopped' }
  | { readonly state: 'connecting' }
  | { readonly state: 'online'; readonly self: Self }
  | { readonly state: 'offline'; readonly reason: string; readonly retryInMs: number }
  | { readonly state: 'refused'; readonly error: StoaError; readonly signedOut: boolean };

/** The signed-in user and this device. */
export interface Self {
  readonly uid: number;
  readonly address: string;
  readonly name: string;
  readonly dev: number;
}

/** A message to be sent. */
export interface Draft {
  readonly content: Content;
  /** Any value of the application; default 0. */
  readonly type?: number;
  /** Bits of messageFlags; default: delivery and read receipts. */
  readonly flags?: number;
  /** Seconds that it may wait for delivery; default: the server's limit. */
  readonly expiry?: number;
  /** A 32-bit id of the application, shown to the receiver beside `mid`; default: random. */
  readonly localId?: number;
  /** mid of the message that this one answers. */
  readonly ref?: number;
  /** When it disappears, for everybody; default: what setAge() says for the conversation. */
  readonly age?: MessageAge;
  /**
   * When the server is to send it, in milliseconds since 1970 by the server's clock. Until then it is among
   * scheduled() and in no conversation.
   */
  readonly at?: number;
}

/**
 * Own messages go `outbox` → `sent` (durably stored by the server) → `delivered` → `read`, or end as `expired`,
 * `failed` or `blocked` (the receiver does not take messages from this user). Those that wait for their time are
 * `scheduled`. Messages of others are `unread` or `seen`.
 */
export type MessageStatus =
  | 'outbox'
  | 'sent'
  | 'delivered'
  | 'read'
  | 'expired'
  | 'failed'
  | 'blocked'
  | 'scheduled'
  | 'unread'
  | 'seen';

/** A message as this device knows it. Immutable: a change makes a new object and an `update` event. */
export interface LocalMessage {
  readonly conversation: ConversationId;
  /**
   * Sorts the messages of a conversation: `seq` once the server has given one; messages waiting in the outbox
   * come after all others, in the order in which they were sent.
   */
  readonly order: number;
  /** Place in the conversation; 0 while in the outbox, when failed, and for transient messages. */
  readonly seq: number;
  /** Id given by the server; 0 while in the outbox. */
  readonly mid: number;
  /** Idempotency key when sent from this device; 0 otherwise. */
  readonly id: number;
  readonly localId: number;
  readonly from: string;
  readonly outgoing: boolean;
  /** Milliseconds since 1970: the server's time, or this device's while in the outbox. */
  readonly ts: number;
  readonly type: number;
  readonly flags: number;
  readonly expiresAt?: number;
  readonly ref?: number;
  /** Absent when the message is gone. */
  readonly content?: Content;
  /** Why there is no content any more. A recalled message is shown as such; others say nothing. */
  readonly gone?: NonNullable<MessageFrame['gone']>;
  readonly age?: MessageAge;
  /** With `age`, once it is known: when it disappears, in milliseconds since 1970 by the server's clock. */
  readonly disappearsAt?: number;
  /** When the content was last edited, in milliseconds since 1970. */
  readonly edited?: number;
  /** Emoji that people have put on it, the most frequent first, each with their addresses. */
  readonly reactions?: readonly Reaction[];
  /** Of a poll: for which options, by their places, who votes. */
  readonly votes?: readonly Votes[];
  /** Who has pinned it, and when. */
  readonly pinned?: { readonly user: string; readonly ts: number };
  /** When the poll was closed, in milliseconds since 1970. */
  readonly pollClosed?: number;
  /** What is shown is a change that the server has not confirmed yet. */
  readonly changing?: MessageEvent;
  readonly status: MessageStatus;
  /** With `scheduled`: when the server sends it. */
  readonly scheduledAt?: number;
  /** With `failed` and `blocked`: why. */
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string };
}

/** An own message that waits for its time. */
export interface ScheduledMessage {
  readonly target: Target;
  /** Device that it was sent from, and its idempotency key there: together they name it. */
  readonly dev: number;
  readonly id: number;
  /** When it is sent, in milliseconds since 1970 by the server's clock. */
  readonly at: number;
  readonly content: Content;
  /** `outbox`: the server does not have it yet. */
  readonly status: 'scheduled' | 'outbox';
}

/** Answers to a message. */
export interface Thread {
  /** The newest first. */
  readonly messages: LocalMessage[];
  /** How many there are altogether. */
  readonly count: number;
  /** Whether there are older ones. */
  readonly more: boolean;
}

/** When a message reached somebody, in milliseconds since 1970; absent: not yet. */
export interface ReceiptTimes {
  readonly user: string;
  readonly deliveredAt?: number;
  readonly readAt?: number;
}

/** What was typed and not sent. Clients may add to it. */
export interface ConversationDraft {
  readonly text: string;
  /** mid of the message that it answers. */
  readonly ref?: number;
}

/** What is kept from a user; what is not named is as `messages` is. */
export interface BlockedParts {
  readonly messages: boolean;
  readonly calls?: boolean;
  /** Whether he sees when this user is online, and that he is typing. */
  readonly presence?: boolean;
  /** Whether he sees more than the name. */
  readonly profile?: boolean;
  /** What he says in groups; not part of `messages`: only kept from this user when it is named. */
  readonly groups?: boolean;
}

/** How a user arranges his conversations. */
export type ConversationMark = 'archived' | 'favourite' | 'hidden';

export interface LocalConversation {
  readonly id: ConversationId;
  readonly target: Target;
  readonly name: string;
  /** The newest message on this device. */
  readonly latest?: LocalMessage;
  readonly unread: number;
  /** How many of these messages mention the user or everybody. */
  readonly unreadMentions: number;
  /** The user has marked it, to come back to it; ends when he marks it as read. */
  readonly markedUnread: boolean;
  /**
   * The user wants no notifications of what is sent here, until this time in milliseconds since 1970; 0: for good. Absent:
   * he wants them.
   */
  readonly mutedUntil?: number;
  /** Put away, into the list of archived conversations. */
  readonly archived: boolean;
  /** Kept at the top of the list. */
  readonly favourite: boolean;
  /** In no list. */
  readonly hidden: boolean;
  readonly draft?: ConversationDraft;
  /** Messages of this user are refused. */
  readonly blocked: boolean;
  /** When messages disappear that the user sends here without saying it. */
  readonly age?: MessageAge;
  /** The user is no member of this group any more: what he has stays, and nothing is added. */
  readonly left: boolean;
  /** How far the peer's devices have received and the peer has read ; in a group: the farthest of its members. */
  readonly peerCursor: {
    readonly delivered: number;
    readonly deliveredAt: number;
    readonly read: number;
    readonly readAt: number;
  };
}

/** What sending returns at once; `sent` settles when the server has answered. */
export interface Sending {
  readonly message: LocalMessage;
  /** Resolves when the message is durably stored by the server (however long that takes); rejects with StoaError when it is refused. */
  readonly sent: Promise<LocalMessage>;
}

/** What changing a message returns at once. */
export interface Changing {
  /** The message as it is shown from now on. */
  readonly message: LocalMessage;
  /** Resolves when the server has stored the change (however long that takes); rejects with StoaError when it is refused. */
  readonly done: Promise<void>;
}

/** Messages that are not on this device any more: those with these orders, or all up to one. */
export type RemovedMessages = { readonly conversation: ConversationId } & (
  | { readonly orders: readonly number[] }
  | { readonly upTo: number }
);

/** Where a message event comes from. */
export type Origin =
  /** Sent just now by the other side. */
  | 'realtime'
  /** Waited on the server while this device was away. */
  | 'pending'
  /** Put into the outbox by this device just now. */
  | 'outgoing'
  /** Sent by the same user from another device. */
  | 'self';

export interface PresenceEvent {
  readonly from: string;
  readonly gid?: number;
  /** See presenceValues; applications may use other values. */
  readonly value: number;
  /** Seconds for which it is valid. */
  readonly interval?: number;
  /** With offline: when the user was last online, in milliseconds since 1970. */
  readonly seen?: number;
}

/**
 * - `joined`: the user is a member from now on; `group` is as groups.get() answers.
 * - `left`: he is not any more, or his request to join was denied; see `reason`.
 * - `changed`: settings of the group are other ones, or what the user may do in it; see `group`, which leaves out
 *   what is the user's own (role, permissions, rights) when that has not changed.
 * - `members`: others have joined or were changed (`members`), or have gone (`removed`).
 * - `requests`: these `users` ask to be let in, or wait no longer (`answered`); told to those who have rights over the group.
 * - `denied`: the user, who stays a member, is not let into the room.
 */
export type GroupChange = Omit<GroupNoticeFrame, 't'>;

/** How far members of a group have got. */
export interface MemberReceipts {
  readonly conversation: ConversationId;
  readonly members: ReceiptsFrame['members'];
  /** In milliseconds since 1970. */
  readonly ts: number;
}

/** Whether anybody is in the room of a group; `by`: who has begun it. */
export interface RoomChange {
  readonly gid: number;
  readonly isActive: boolean;
  readonly by?: string;
}

/** Events of a client and the arguments of their listeners. Ordering: in the order in which the server sent them. */
export interface ClientEvents {
  /** The connection changed state. */
  status: [status: ConnectionStatus];
  /** A message is new on this device. Fires after it is in the local store. */
  message: [message: LocalMessage, origin: Origin];
  /**
   * A message has changed: its status, its place and id, its content (an edit), what is on it (reactions), or it is gone
   * (a recall). What has not
   * changed is the same value, content included.
   */
  update: [message: LocalMessage, before: LocalMessage];
  /** Somebody else has reacted to an own message. */
  reaction: [message: LocalMessage, reaction: { readonly emoji: string; readonly from: string }];
  /**
   * Members of a group have received or read own messages: those up to these places, and after `after`. Comes before the
   * updates of messages whose status is another one by it. May be missed while there is no connection: see receiptTimes().
   */
  receipts: [receipts: MemberReceipts];
  /** Messages were removed: deleted by the user, here or on another device, or their age was over. */
  removed: [removed: RemovedMessages];
  /** What scheduled() lists has changed, as far as this device knows. */
  scheduled: [];
  /** A conversation changed: newest message, unread count, cursors, name, draft, block … */
  conversation: [conversation: LocalConversation];
  /** Messages of a user are refused from now on, or not any more. */
  blocked: [address: string, isBlocked: boolean];
  /** A user is among the contacts from now on, or not any more. */
  contact: [address: string, isContact: boolean];
  presence: [presence: PresenceEvent];
  /** A profile that is known here is another one now: of a user who was asked for or is watched, or the own one. */
  profile: [profile: ProfileInfo];
  /** Something about a group has changed; its `event` says what. May be missed while there is no connection. */
  group: [change: GroupChange];
  /**
   * There is a new call: somebody calls, this device calls somebody, or loading the page anew has interrupted one. See
   * its `status` and `outgoing`.
   */
  call: [call: Call];
  /** @internal The server says something about a call. All pages that share the client hear it. */
  callSignal: [frame: CallNoticeFrame];
  /** Somebody has begun the room of a group, or it has ended. May be missed while there is no connection. */
  room: [change: RoomChange];
  /** @internal The server says something about a room. All pages that share the client hear it. */
  roomSignal: [frame: RoomNoticeFrame];
  /** Everything that waited on the server has arrived. */
  synced: [];
  /** The server refused a frame that belongs to no send, or something failed locally. */
  problem: [error: StoaError];
}
