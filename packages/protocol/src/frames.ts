/**
 * Every frame of the protocol, declared once. Types are derived from the schemas, validators are compiled from
 * them in validate.ts. Unknown fields are ignored, so fields may be added; nothing here is ever renamed.
 */
import Type, { type Static, type TSchema } from 'typebox';
import { limits } from './limits.ts';

const maxInt = Number.MAX_SAFE_INTEGER;
const Int = (minimum = 0, maximum = maxInt) => Type.Integer({ minimum, maximum });
const Uint32 = Int(0, 0xffff_ffff);

/** Binary in msgpack, `{"$bytes": "<base64>"}` in JSON. */
const Bytes = Type.Refine(
  Type.Unsafe<Uint8Array>({ contentMediaType: 'application/octet-stream' }),
  (value) => value instanceof Uint8Array,
  () => 'must be bytes',
);
/** A map, and not bytes: these are objects of JavaScript too. */
const Plain = <Schema extends TSchema>(schema: Schema) =>
  Type.Refine(
    schema,
    (value: unknown) => !(value instanceof Uint8Array),
    () => 'must be a map',
  );

/** A user's address: any text of the application's choice without control characters and halves of characters. */
export const Address = Type.String({
  minLength: 1,
  maxLength: limits.addressLength,
  pattern: '^[^\\p{Cc}\\p{Cs}]+$',
});
/** Id of a conversation, given by the server. */
const Conv = Int(1);
/** Place of a message in its conversation: 1, 2, 3 … without gaps. */
const Seq = Int(1);
/** Id of a message: unique in its app, increasing in time. */
const Mid = Int(1);
/** Milliseconds since 1970, by the server's clock. */
const Time = Int(0);

/**
 * What a message says. The server stores and carries it unread; fields that it does not know are kept. All of it is
 * plain data, see requirePlainContent.
 */
export const Content = Plain(
  Type.Object({
    text: Type.Optional(Type.String()),
    title: Type.Optional(Type.String()),
    subtitle: Type.Optional(Type.String()),
    footer: Type.Optional(Type.String()),
    data: Type.Optional(Bytes),
    latitude: Type.Optional(Type.Number()),
    longitude: Type.Optional(Type.Number()),
    file: Type.Optional(
      Plain(
        Type.Object({
          url: Type.String({ maxLength: 4096 }),
          type: Type.Optional(Int(0, 255)),
          name: Type.Optional(Type.String({ maxLength: 255 })),
          size: Type.Optional(Int()),
          mime: Type.Optional(Type.String({ maxLength: 127 })),
          thumbnail: Type.Optional(Bytes),
        }),
      ),
    ),
    /** Fields of the application. */
    fields: Type.Optional(Plain(Type.Record(Type.String(), Type.Unknown()))),
  }),
);
export type Content = Static<typeof Content>;

/** First frame of a connection. */
export const Hello = Type.Object({
  t: Type.Literal('hello'),
  /** Protocol version that the client speaks. */
  v: Int(1, 0xffff),
  /** User token from useradd. */
  token: Type.String({ maxLength: limits.tokenMax }),
  /** App name, compared with the one the token was issued for (setAppName). */
  app: Type.Optional(Type.String({ maxLength: limits.nameLength })),
  /** Random id that the device made together with its local store: lost together, made anew together. */
  device: Type.String({
    minLength: limits.deviceIdMin,
    maxLength: limits.deviceIdMax,
    pattern: '^[A-Za-z0-9_-]+$',
  }),
  /** Position of the last `synced` frame whose messages the device has stored; absent on a new device. */
  position: Type.Optional(Int()),
  /** Name and version of the client, for logs and device lists. */
  agent: Type.Optional(Type.String({ maxLength: limits.nameLength })),
});

/** A message to one user (`peer`) or one group (`gid`): exactly one of them. */
export const Send = Type.Object({
  t: Type.Literal('send'),
  /** Idempotency key: increasing per device. Sending the same id again returns the first result. */
  id: Int(1),
  peer: Type.Optional(Address),
  gid: Type.Optional(Uint32),
  content: Content,
  /** Any value of the application. */
  type: Type.Optional(Uint32),
  /** See messageFlags. */
  flags: Type.Optional(Int()),
  /** Seconds that the message may wait for delivery. */
  expiry: Type.Optional(Int(1, limits.expirySeconds)),
  /** The sender's own 32-bit id, shown to the receiver beside `mid`. */
  localId: Type.Optional(Uint32),
  /** Id of the message that this one answers. */
  ref: Type.Optional(Mid),
});

/** The device has stored everything up to `seq`. */
export const Received = Type.Object({ t: Type.Literal('received'), conv: Conv, seq: Seq });

/** The user has read everything up to `seq`; with `receipt: false` only his own devices learn of it. */
export const Read = Type.Object({
  t: Type.Literal('read'),
  conv: Conv,
  seq: Seq,
  receipt: Type.Optional(Type.Boolean()),
});

/** Something that is true for a moment: typing, joined, left or a value of the application. Never stored. */
export const SendPresence = Type.Object({
  t: Type.Literal('presence'),
  peer: Type.Optional(Address),
  gid: Type.Optional(Uint32),
  value: Uint32,
  /** Seconds for which the value is valid. */
  interval: Type.Optional(Int(0, limits.presenceSeconds)),
});

/** Begin (or end) being told when these users go online and offline. */
export const Watch = Type.Object({
  t: Type.Literal('watch'),
  peers: Type.Array(Address, { minItems: 1, maxItems: limits.watchPerFrame }),
  on: Type.Boolean(),
});

/** Ask for older (`before`) or newer (`after`) messages of a conversation; answered by `page` with the same id. */
export const History = Type.Object({
  t: Type.Literal('history'),
  id: Int(1),
  peer: Type.Optional(Address),
  gid: Type.Optional(Uint32),
  before: Type.Optional(Seq),
  after: Type.Optional(Int()),
  limit: Int(1, limits.historyPage),
});

export const Ping = Type.Object({ t: Type.Literal('ping') });
export const Pong = Type.Object({ t: Type.Literal('pong') });

/** Schemas of the frames that a client sends, by type. */
export const clientFrames = {
  hello: Hello,
  send: Send,
  received: Received,
  read: Read,
  presence: SendPresence,
  watch: Watch,
  history: History,
  ping: Ping,
  pong: Pong,
} as const;

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
  gone: Type.Optional(Type.Literal('expired')),
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

/** A member's cursors moved: `user` has received and read everything up to these places. */
export const Receipt = Type.Object({
  t: Type.Literal('receipt'),
  conv: Conv,
  user: Address,
  delivered: Type.Optional(Seq),
  read: Type.Optional(Seq),
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

/** A frame was refused. Nothing was changed. `id` repeats the id of a refused send or history. */
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
  receipt: Receipt,
  conversation: ConversationState,
  synced: Synced,
  presence: Presence,
  page: Page,
  error: ErrorFrame,
  ping: Ping,
  pong: Pong,
} as const;

export type HelloFrame = Static<typeof Hello>;
export type SendFrame = Static<typeof Send>;
export type ReceivedFrame = Static<typeof Received>;
export type ReadFrame = Static<typeof Read>;
export type SendPresenceFrame = Static<typeof SendPresence>;
export type WatchFrame = Static<typeof Watch>;
export type HistoryFrame = Static<typeof History>;
export type WelcomeFrame = Static<typeof Welcome>;
export type MessageFrame = Static<typeof Message>;
export type SentFrame = Static<typeof Sent>;
export type ReceiptFrame = Static<typeof Receipt>;
export type ConversationFrame = Static<typeof ConversationState>;
export type SyncedFrame = Static<typeof Synced>;
export type PresenceFrame = Static<typeof Presence>;
export type PageFrame = Static<typeof Page>;
export type RefusedFrame = Static<typeof ErrorFrame>;
export type PingFrame = Static<typeof Ping>;
export type PongFrame = Static<typeof Pong>;

export type ClientFrame =
  | HelloFrame
  | SendFrame
  | ReceivedFrame
  | ReadFrame
  | SendPresenceFrame
  | WatchFrame
  | HistoryFrame
  | PingFrame
  | PongFrame;

export type ServerFrame =
  | WelcomeFrame
  | MessageFrame
  | SentFrame
  | ReceiptFrame
  | ConversationFrame
  | SyncedFrame
  | PresenceFrame
  | PageFrame
  | RefusedFrame
  | PingFrame
  | PongFrame;
