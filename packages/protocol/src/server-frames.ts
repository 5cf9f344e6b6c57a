/** The frames that a server sends. */
import Type, { type Static } from 'typebox';
import { CallNoticeFrame } from './call-frames.ts';
import { Ping, type PingFrame, Pong, type PongFrame } from './client-frames.ts';
import {
  Address,
  Content,
  Conv,
  Int,
  MessageAge,
  MessageEvent,
  Mid,
  Plain,
  RequestId,
  Seq,
  StateKey,
  Time,
  Uint32,
} from './fields.ts';
import { GroupNotice, type GroupNoticeFrame } from './group-fields.ts';
import { limits } from './limits.ts';
import { Marks } from './marks.ts';
import { type ProfileFrame, ProfileNotice } from './profile-fields.ts';
import { RoomNoticeFrame } from './room-fields.ts';

/** The server's answer to hello. */
export const Welcome = Type.Object({
  t: Type.Literal('welcome'),
  v: Int(1, 0xffff),
  uid: Int(1),
  address: Address,
  name: Type.String(),
  /** Number of this device; messages sent from it carry it as `dev`. */
  dev: Int(1),
  /** The server's clock, for computing expiry. */
  time: Time,
  /** Milliseconds after which a silent connection is dead. */
  silence: Int(1),
});

/** A message of the log. The same bytes go to every receiver; the client sees by `from` whether it is its own. */
export const Message = Type.Object({
  t: Type.Literal('message'),
  /** 0 for a transient message. */
  conv: Int(),
  /** 0 for a transient message. */
  seq: Int(),
  mid: Mid,
  from: Address,
  /** Receiver of a one-to-one message; absent in a group. */
  to: Type.Optional(Address),
  gid: Type.Optional(Uint32),
  ts: Time,
  type: Uint32,
  flags: Int(),
  /** Time after which it is not delivered any more. */
  expires: Type.Optional(Time),
  localId: Uint32,
  ref: Type.Optional(Mid),
  /** Device number and idempotency key of the sender; 0 when sent by the back end. */
  dev: Int(),
  id: Int(),
  /** Absent when the message is `gone`. */
  content: Type.Optional(Content),
  /** Why only the place of the message is left. */
  gone: Type.Optional(
    Type.Union([
      Type.Literal('expired'),
      Type.Literal('recalled'),
      Type.Literal('disappeared'),
      Type.Literal('erased'),
    ]),
  ),
  /** This entry is no message but changes the one at place `target`. */
  event: Type.Optional(MessageEvent),
  target: Type.Optional(Seq),
  /** When its content was last changed by an edit; absent when never. */
  edited: Type.Optional(Time),
  age: Type.Optional(MessageAge),
  /** What others have put on it; of an event that is read from the log, on its target. Absent: nothing. */
  marks: Type.Optional(Marks),
  /**
   * Stands for the places from here on, too: at the others are events after which nothing is left to tell. Absent: for
   * its own place only.
   */
  first: Type.Optional(Seq),
});

/** The message is committed and synced to disk. */
export const Sent = Type.Object({
  t: Type.Literal('sent'),
  id: Int(1),
  /** 0 for a transient message. */
  conv: Int(),
  seq: Int(),
  mid: Mid,
  ts: Time,
});

/** The message will be sent by the server at this time. */
export const Scheduled = Type.Object({ t: Type.Literal('scheduled'), id: Int(1), at: Time });

/** A value that the user's devices share was changed, on another device or before this one connected. */
export const State = Type.Object({
  t: Type.Literal('state'),
  key: StateKey,
  /** Absent when it was removed. */
  value: Type.Optional(Type.Unknown()),
  /** Orders the changes of one value: the one with the highest position counts. */
  position: Type.Optional(Int()),
});

/** Answer to `request`. */
export const Response = Type.Object({
  t: Type.Literal('response'),
  id: RequestId,
  body: Plain(Type.Record(Type.String(), Type.Unknown())),
});

/** A member's cursors moved: `user` has received and read everything up to these places. */
export const Receipt = Type.Object({
  t: Type.Literal('receipt'),
  conv: Conv,
  user: Address,
  delivered: Type.Optional(Seq),
  read: Type.Optional(Seq),
  ts: Time,
});

/**
 * Cursors of several members of a group moved, as `receipt` says of one: `user` has received and read everything up to
 * these places that comes after `after`, and nothing before it was for him (or another line tells of it).
 */
export const Receipts = Type.Object({
  t: Type.Literal('receipts'),
  conv: Conv,
  members: Type.Array(
    Type.Object({
      user: Address,
      after: Type.Optional(Seq),
      delivered: Type.Optional(Seq),
      read: Type.Optional(Seq),
    }),
  ),
  ts: Time,
});

/** State of a conversation, sent while a device catches up, before the messages that it misses. */
export const ConversationState = Type.Object({
  t: Type.Literal('conversation'),
  conv: Conv,
  peer: Type.Optional(Address),
  gid: Type.Optional(Uint32),
  name: Type.String(),
  /** Place of the newest message. */
  last: Int(),
  /** The first message that will be streamed is after this place; older ones are history. */
  from: Int(),
  /** How far the user himself has read, on any device. */
  read: Int(),
  /** True when the user is no member of the group any more. */
  left: Type.Optional(Type.Boolean()),
  hidden: Type.Optional(Type.Array(Type.Tuple([Int(), Int()]), { maxItems: limits.hiddenRanges })),
  /** How far the peer has got; only in one-to-one conversations. */
  peerCursor: Type.Optional(Type.Object({ delivered: Int(), deliveredAt: Time, read: Int(), readAt: Time })),
});

/** Everything up to here has been sent; the device stores `position` after the messages and names it in hello. */
export const Synced = Type.Object({ t: Type.Literal('synced'), position: Int() });

export const Presence = Type.Object({
  t: Type.Literal('presence'),
  from: Address,
  gid: Type.Optional(Uint32),
  value: Uint32,
  interval: Type.Optional(Int()),
  /** With offline: when the user was last online. */
  seen: Type.Optional(Time),
});

/** Answer to `history`: messages in ascending order. */
export const Page = Type.Object({
  t: Type.Literal('page'),
  id: Int(1),
  conv: Int(),
  messages: Type.Array(Message),
  /** Whether there are more in the direction asked for. */
  more: Type.Boolean(),
});

/** A frame was refused. Nothing was changed. `id` repeats the id of a refused send, history or request. */
export const ErrorFrame = Type.Object({
  t: Type.Literal('error'),
  code: Type.String(),
  message: Type.String(),
  hint: Type.String(),
  /** Type of the refused frame, where it could be told. */
  of: Type.Optional(Type.String()),
  id: Type.Optional(Int()),
  /** Milliseconds to wait before trying again. */
  retryAfter: Type.Optional(Int()),
});

/** Schemas of the frames that a server sends, by type. */
export const serverFrames = {
  welcome: Welcome,
  message: Message,
  sent: Sent,
  scheduled: Scheduled,
  receipt: Receipt,
  receipts: Receipts,
  conversation: ConversationState,
  synced: Synced,
  presence: Presence,
  page: Page,
  state: State,
  response: Response,
  group: GroupNotice,
  profile: ProfileNotice,
  call: CallNoticeFrame,
  room: RoomNoticeFrame,
  error: ErrorFrame,
  ping: Ping,
  pong: Pong,
} as const;

export type WelcomeFrame = Static<typeof Welcome>;
export type MessageFrame = Static<typeof Message>;
export type SentFrame = Static<typeof Sent>;
export type ScheduledFrame = Static<typeof Scheduled>;
export type StateFrame = Static<typeof State>;
export type ResponseFrame = Static<typeof Response>;
export type ReceiptFrame = Static<typeof Receipt>;
export type ReceiptsFrame = Static<typeof Receipts>;
export type ConversationFrame = Static<typeof ConversationState>;
export type SyncedFrame = Static<typeof Synced>;
export type PresenceFrame = Static<typeof Presence>;
export type PageFrame = Static<typeof Page>;
export type RefusedFrame = Static<typeof ErrorFrame>;

export type ServerFrame =
  | WelcomeFrame
  | MessageFrame
  | SentFrame
  | ScheduledFrame
  | ReceiptFrame
  | ReceiptsFrame
  | ConversationFrame
  | SyncedFrame
  | PresenceFrame
  | PageFrame
  | StateFrame
  | ResponseFrame
  | GroupNoticeFrame
  | ProfileFrame
  | CallNoticeFrame
  | RoomNoticeFrame
  | RefusedFrame
  | PingFrame
  | PongFrame;
