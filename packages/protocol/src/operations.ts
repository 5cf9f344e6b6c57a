/**
 * What a client can ask with a `request` frame: each operation once, with the body of the request and of the
 * response. Unknown members are ignored on both sides, so members may be added; nothing is ever renamed.
 * @module
 */
import Type, { type Static } from 'typebox';
import {
  Address,
  Bytes,
  Content,
  Conv,
  Int,
  LinkPreview,
  Message,
  Mid,
  Seq,
  StateKey,
  Time,
  Uint32,
  WebLink,
} from './frames.ts';
import { groupOperations } from './group-operations.ts';
import { limits } from './limits.ts';
import { profileOperations } from './profile-operations.ts';
import { roomOperations } from './room-operations.ts';

const Nothing = Type.Object({});

const PushKey = Type.String({ minLength: 1, maxLength: limits.pushKeyLength, pattern: '^[A-Za-z0-9_=-]+$' });

/** One of the user's devices. */
const Device = Type.Object({
  dev: Int(1),
  /** Name and version of the client, as the device told them. */
  agent: Type.String(),
  createdAt: Time,
  /** When it last signed in or left. */
  lastSeen: Time,
  online: Type.Boolean(),
  /** The device that asks. */
  current: Type.Boolean(),
});

/** Who has received and read a message; absent times: not yet. In a group, `after`: what came up to there was not for him. */
const MessageReceipt = Type.Object({
  user: Address,
  after: Type.Optional(Int(1)),
  deliveredAt: Type.Optional(Time),
  readAt: Type.Optional(Time),
});

const ScheduledMessage = Type.Object({
  dev: Int(),
  id: Int(1),
  at: Time,
  peer: Type.Optional(Address),
  gid: Type.Optional(Uint32),
  content: Type.Unknown(),
  /** Code of the error for which it could not be sent when its time had come; absent while it waits. */
  failed: Type.Optional(Type.String()),
});

export const operations = {
  /** The user's own devices: those that are connected first, then the one seen last. */
  'devices.list': { request: Nothing, response: Type.Object({ devices: Type.Array(Device) }) },
  /** Ends the sessions of one of the user's own devices, which has to sign in anew. */
  'devices.signOut': { request: Type.Object({ dev: Int(1) }), response: Nothing },
  /** Sets values that the user's devices share; the others get `state` frames. A value that is absent is removed. */
  'state.set': {
    request: Type.Object({
      values: Type.Array(Type.Object({ key: StateKey, value: Type.Optional(Type.Unknown()) }), {
        minItems: 1,
        maxItems: limits.statePerRequest,
      }),
    }),
    /** Position that the values have got; see `state`. */
    response: Type.Object({ position: Type.Optional(Int()) }),
  },
  /** When a message reached and was read by each of its receivers. For messages of the user's own conversations. */
  'message.receipts': {
    request: Type.Object({ conv: Conv, seq: Seq }),
    response: Type.Object({ receipts: Type.Array(MessageReceipt) }),
  },
  /** What a link leads to, for who writes a message with it. Without a preview: nobody knows, for whatever reason. */
  'links.preview': {
    request: Type.Object({ url: WebLink }),
    response: Type.Object({
      preview: Type.Optional(LinkPreview),
      /** A picture of it, PNG, JPEG, GIF or WebP, as it is there: make a small one of it. */
      picture: Type.Optional(Bytes),
    }),
  },
  /** Tells the app itself something, by its webhooks. NOT_FOUND when none of them wants it. */
  'webhooks.send': { request: Type.Object({ content: Content, type: Uint32 }), response: Nothing },
  /** Messages whose text, title, subtitle, footer or file name contains the words, newest first. */
  'messages.search': {
    request: Type.Object({
      query: Type.String({ minLength: 1, maxLength: limits.searchLength }),
      /** Only in this conversation; in all when both are absent. */
      peer: Type.Optional(Address),
      gid: Type.Optional(Uint32),
      limit: Int(1, limits.searchPage),
      /** From an earlier answer: go on behind it. */
      cursor: Type.Optional(Type.String({ maxLength: 200 })),
    }),
    response: Type.Object({
      messages: Type.Array(Message),
      /** Where to go on; absent when everything was looked at. A page may be empty and still have one. */
      cursor: Type.Optional(Type.String()),
    }),
  },
  /** Messages of one conversation that are pinned, in the order in which they were. */
  'messages.pinned': {
    request: Type.Object({ peer: Type.Optional(Address), gid: Type.Optional(Uint32) }),
    response: Type.Object({ messages: Type.Array(Message) }),
  },
  /** Answers to a message (those whose `ref` it is), the newest first, and how many there are. */
  'messages.thread': {
    request: Type.Object({
      peer: Type.Optional(Address),
      gid: Type.Optional(Uint32),
      /** The message that is answered. */
      mid: Mid,
      /** Only those with smaller ids. */
      before: Type.Optional(Mid),
      limit: Int(1, limits.searchPage),
    }),
    response: Type.Object({ messages: Type.Array(Message), count: Int(), more: Type.Boolean() }),
  },
  /** Own messages that wait for their time, the next one first, and those that could not be sent. */
  'scheduled.list': {
    /** `cursor`: from an earlier answer, to go on behind it. */
    request: Type.Object({ cursor: Type.Optional(Type.String({ maxLength: 200 })) }),
    response: Type.Object({
      messages: Type.Array(ScheduledMessage),
      /** Where to go on; absent when these were the last. */
      cursor: Type.Optional(Type.String()),
    }),
  },
  /** Takes an own message back before its time. NOT_FOUND when it was sent or cancelled already. */
  'scheduled.cancel': { request: Type.Object({ dev: Int(), id: Int(1) }), response: Nothing },
  /** Has this device woken when it is not connected: by a Web Push subscription, or by a token of another provider. */
  'push.register': {
    request: Type.Object({
      /** Of the Push API, made with the key that `push.key` gives. */
      subscription: Type.Optional(
        Type.Object({
          endpoint: Type.String({ minLength: 1, maxLength: limits.pushTargetLength, pattern: '^[!-~]+$' }),
          /** In base64url, as PushSubscription.toJSON() has them. */
          p256dh: PushKey,
          auth: PushKey,
        }),
      ),
      /** Name of the provider, such as fcm or apns. */
      provider: Type.Optional(Type.String({ minLength: 1, maxLength: 32, pattern: '^[a-z0-9-]+$' })),
      token: Type.Optional(
        Type.String({ minLength: 1, maxLength: limits.pushTargetLength, pattern: '^[!-~]+$' }),
      ),
      /** A second token, for calls alone. */
      voipToken: Type.Optional(
        Type.String({ minLength: 1, maxLength: limits.pushTargetLength, pattern: '^[!-~]+$' }),
      ),
    }),
    response: Nothing,
  },
  /** This device is not woken any more. */
  'push.unregister': { request: Nothing, response: Nothing },
  /** The server's public key for Web Push (VAPID), in base64url: `applicationServerKey` of the Push API. */
  'push.key': { request: Nothing, response: Type.Object({ key: Type.String() }) },
  /** STUN and TURN servers for calls, in the words of WebRTC (RTCIceServer). */
  'calls.servers': {
    request: Nothing,
    response: Type.Object({
      servers: Type.Array(
        Type.Object({
          urls: Type.Array(Type.String()),
          username: Type.Optional(Type.String()),
          credential: Type.Optional(Type.String()),
        }),
      ),
      /** For how long the credentials are good. */
      seconds: Int(),
      /** Lines of the largest picture that the app lets the user send in calls; absent for any. */
      height: Type.Optional(Int()),
    }),
  },
  ...groupOperations,
  ...profileOperations,
  ...roomOperations,
} as const;

export type OperationName = keyof typeof operations;
export type OperationRequest<Name extends OperationName> = Static<(typeof operations)[Name]['request']>;
export type OperationResponse<Name extends OperationName> = Static<(typeof operations)[Name]['response']>;
