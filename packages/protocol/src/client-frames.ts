/** The frames that a client sends. */
import Type, { type Static } from 'typebox';
import { CallRequestFrame } from './call-frames.ts';
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
  Time,
  Uint32,
} from './fields.ts';
import { limits } from './limits.ts';

/** An id that a client makes from random bits. */
const RandomId = Type.String({
  minLength: limits.deviceIdMin,
  maxLength: limits.deviceIdMax,
  pattern: '^[A-Za-z0-9_-]+$',
});

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
  device: RandomId,
  /** Position of the last `synced` frame whose messages the device has stored; absent on a new device. */
  position: Type.Optional(Int()),
  /**
   * Random id of this start of the client: a new one when a person or the application starts it, the same one when it
   * comes back by itself. A device that was displaced is admitted with a new one only.
   */
  run: Type.Optional(RandomId),
  /** Whether the application is in front; absent: it is. See `front`. */
  front: Type.Optional(Type.Boolean()),
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
  /**
   * Changes an earlier message of this conversation, whose place is `target`: always both or neither. Edits and recalls
   * are for own messages.
   */
  event: Type.Optional(MessageEvent),
  target: Type.Optional(Seq),
  /** When the message disappears for everybody. */
  age: Type.Optional(MessageAge),
  /** Time at which the server is to send it; answered by `scheduled`. */
  at: Type.Optional(Time),
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

/** The application of this device came in front of the user, or went into the background. */
export const Front = Type.Object({ t: Type.Literal('front'), on: Type.Boolean() });

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

/** Asks for one of the operations of operations.ts; answered by `response`, or by `error` with this id. */
export const Request = Type.Object({
  t: Type.Literal('request'),
  id: RequestId,
  op: Type.String({ maxLength: limits.nameLength }),
  /** What the operation demands. */
  body: Plain(Type.Record(Type.String(), Type.Unknown())),
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
  front: Front,
  history: History,
  request: Request,
  call: CallRequestFrame,
  ping: Ping,
  pong: Pong,
} as const;

export type HelloFrame = Static<typeof Hello>;
export type SendFrame = Static<typeof Send>;
export type ReceivedFrame = Static<typeof Received>;
export type ReadFrame = Static<typeof Read>;
export type SendPresenceFrame = Static<typeof SendPresence>;
export type WatchFrame = Static<typeof Watch>;
export type FrontFrame = Static<typeof Front>;
export type HistoryFrame = Static<typeof History>;
export type RequestFrame = Static<typeof Request>;
export type PingFrame = Static<typeof Ping>;
export type PongFrame = Static<typeof Pong>;

export type ClientFrame =
  | HelloFrame
  | SendFrame
  | ReceivedFrame
  | ReadFrame
  | SendPresenceFrame
  | WatchFrame
  | FrontFrame
  | HistoryFrame
  | RequestFrame
  | CallRequestFrame
  | PingFrame
  | PongFrame;
