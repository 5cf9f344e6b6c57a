/** What a client can ask about rooms, see operations.ts. */
import Type from 'typebox';
import { Address, Int, Uint32 } from './fields.ts';
import { GroupId } from './group-fields.ts';
import { limits } from './limits.ts';
import { Mid, RoomAsk, RoomInfo, RoomSdp, RoomStreamSource, StreamNumber } from './room-fields.ts';

/** Proves, for a minute, that its user is in the room. */
const Pass = Type.String({ maxLength: 128 });
const Nothing = Type.Object({});
const Room = Type.Object({ gid: GroupId });
const Offer = Type.Object({ version: Int(), sdp: RoomSdp });

export const roomOperations = {
  /**
   * Joins the room of a group, and begins it when nobody is in it. Again, it tells how the room is now. `pass`: the newest
   * that the device was given, which gets it back into a locked room whose node has died.
   */
  'rooms.join': {
    request: Type.Object({ gid: GroupId, pin: Type.Optional(Uint32), pass: Type.Optional(Pass) }),
    response: Type.Object({
      /** False when the user has to be let into the group first. */
      joined: Type.Boolean(),
      room: Type.Optional(RoomInfo),
      pass: Type.Optional(Pass),
    }),
  },
  'rooms.leave': { request: Room, response: Nothing },
  /** How the room is, also for those who have not joined; no `room` when nobody is in it. */
  'rooms.get': { request: Room, response: Type.Object({ room: Type.Optional(RoomInfo) }) },
  /**
   * Says that the device is still there. `rev`: the newest that it was told of participants; when it is another one in
   * the answer, something was lost, and rooms.get tells what. `count`: how many there are.
   */
  'rooms.alive': {
    request: Type.Object({ gid: GroupId, session: Type.String({ maxLength: 64 }) }),
    response: Type.Object({ rev: Int(), count: Type.Optional(Int()), pass: Type.Optional(Pass) }),
  },
  /** All that the device publishes from now on, with its offer; none, without one, to end it. */
  'rooms.publish': {
    request: Type.Object({
      gid: GroupId,
      sdp: Type.Optional(RoomSdp),
      streams: Type.Array(
        Type.Object({
          sid: StreamNumber,
          source: RoomStreamSource,
          name: Type.Optional(Type.String({ maxLength: limits.nameLength })),
          /** The m-lines of its sound and its picture. */
          audio: Type.Optional(Mid),
          video: Type.Optional(Mid),
          audioMuted: Type.Optional(Type.Boolean()),
          videoMuted: Type.Optional(Type.Boolean()),
        }),
        { maxItems: limits.roomStreams },
      ),
    }),
    response: Type.Object({ sdp: Type.Optional(RoomSdp) }),
  },
  /** Opens the connection on which the device is sent what it watches, or another one in its place. */
  'rooms.receive': { request: Room, response: Offer },
  'rooms.answer': {
    request: Type.Object({ gid: GroupId, version: Int(), sdp: RoomSdp }),
    response: Nothing,
  },
  /** All that the device wants to see and hear from now on. An offer is to be answered: there are new m-lines. */
  'rooms.watch': {
    request: Type.Object({
      gid: GroupId,
      streams: Type.Array(
        Type.Object({
          user: Address,
          dev: Int(1),
          sid: StreamNumber,
          audio: Type.Boolean(),
          video: Type.Boolean(),
          /** Pixels in which the picture is seen; 0 while it is not visible. */
          height: Type.Optional(Int(0, 65_535)),
        }),
        { maxItems: limits.roomWishes },
      ),
      /** Whether the sound of everybody else is wanted. */
      others: Type.Boolean(),
    }),
    response: Type.Object({ offer: Type.Optional(Offer) }),
  },
  /** Mutes the sound or the picture of an own stream, or ends that. */
  'rooms.mute': {
    request: Type.Object({
      gid: GroupId,
      sid: StreamNumber,
      audio: Type.Optional(Type.Boolean()),
      video: Type.Optional(Type.Boolean()),
    }),
    response: Nothing,
  },
  'rooms.hand': { request: Type.Object({ gid: GroupId, raised: Type.Boolean() }), response: Nothing },
  'rooms.react': {
    request: Type.Object({
      gid: GroupId,
      reaction: Type.String({ minLength: 1, maxLength: limits.roomReactionLength }),
    }),
    response: Nothing,
  },
  /** Has the server record all that is published, or end that. */
  'rooms.record': { request: Type.Object({ gid: GroupId, on: Type.Boolean() }), response: Nothing },
  /**
   * What who controls the room does with others. `who`: these participants, or all others when it is absent. `mute`
   * with `on: false` takes it back, and asks them to unmute themselves.
   */
  'rooms.control': {
    request: Type.Object({
      gid: GroupId,
      action: Type.Union([Type.Literal('mute'), Type.Literal('hangup'), Type.Literal('ask')]),
      who: Type.Optional(
        Type.Array(
          Type.Object({ user: Address, dev: Type.Optional(Int(1)), sid: Type.Optional(StreamNumber) }),
          { minItems: 1, maxItems: limits.roomWishes },
        ),
      ),
      /** With `mute`. */
      on: Type.Optional(Type.Boolean()),
      audio: Type.Optional(Type.Boolean()),
      video: Type.Optional(Type.Boolean()),
      /** With `mute`: only who controls the room ends it. */
      lock: Type.Optional(Type.Boolean()),
      ask: Type.Optional(RoomAsk),
    }),
    response: Nothing,
  },
} as const;
