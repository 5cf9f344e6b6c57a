/** What operations and frames say about rooms: the calls of groups. */
import Type, { type Static } from 'typebox';
import { Address, Int, Time } from './fields.ts';
import { GroupId } from './group-fields.ts';
import { limits } from './limits.ts';

/** Number of a stream of one participant: 0 for the camera and its microphone, others for screens. */
export const StreamNumber = Int(0, limits.roomStreamNumber);

export const Mid = Type.String({ minLength: 1, maxLength: 16, pattern: '^[A-Za-z0-9_-]+$' });

export const RoomSdp = Type.String({ minLength: 5, maxLength: limits.roomSdpLength });

/** One device in a room. */
const device = { user: Address, dev: Int(1) };

/** `locked`: muted by somebody who controls the room, until he takes it back. */
const MediaState = Type.Union([Type.Literal('on'), Type.Literal('muted'), Type.Literal('locked')]);
export type RoomMediaState = Static<typeof MediaState>;

export const RoomStreamSource = Type.Union([Type.Literal('camera'), Type.Literal('screen')]);

/** What a participant publishes under one number. */
export const RoomStream = Type.Object({
  sid: StreamNumber,
  source: RoomStreamSource,
  name: Type.Optional(Type.String({ maxLength: limits.nameLength })),
  /** Absent when it has no sound. */
  audio: Type.Optional(MediaState),
  /** Absent when it has no picture. */
  video: Type.Optional(MediaState),
});
export type RoomStream = Static<typeof RoomStream>;

export const RoomRight = Type.Union([
  Type.Literal('publish'),
  Type.Literal('subscribe'),
  Type.Literal('list'),
  Type.Literal('control'),
  Type.Literal('hangup'),
  Type.Literal('admit'),
  Type.Literal('record'),
]);
export type RoomRight = Static<typeof RoomRight>;

/** One device of a user in a room. */
export const RoomParticipant = Type.Object({
  ...device,
  uid: Int(1),
  name: Type.String(),
  /** An encoder that speaks WHIP, or a player that speaks WHEP, in the name of the user. */
  as: Type.Optional(Type.Union([Type.Literal('whip'), Type.Literal('whep')])),
  joinedAt: Time,
  /** The connection was lost; it is waited for. */
  away: Type.Boolean(),
  /** Since when the hand is raised; absent when it is not. */
  hand: Type.Optional(Time),
  streams: Type.Array(RoomStream),
});
export type RoomParticipant = Static<typeof RoomParticipant>;

/** A room as one of its participants, or somebody who might join it, sees it. */
export const RoomInfo = Type.Object({
  gid: GroupId,
  /** Random, and another one whenever the room begins anew. */
  session: Type.String(),
  /** Counts what the device is told of participants; see `rooms.alive`. */
  rev: Int(),
  startedAt: Time,
  /** When it will be ended; absent when it is not. */
  ends: Type.Optional(Time),
  /** Everything that is published is being recorded. */
  recording: Type.Optional(Type.Object({ by: Address, startedAt: Time })),
  /** What the device that asks may do; empty when it has not joined. */
  may: Type.Array(RoomRight),
  limits: Type.Object({
    participants: Int(),
    /** Pixels of a picture, at the most. */
    height: Int(),
    /** Bits per second of all that a participant publishes; 0 for no limit. */
    bitrate: Int(),
    audio: Type.Boolean(),
    video: Type.Boolean(),
    screen: Type.Boolean(),
    /** That may be published, by their names in SDP. */
    codecs: Type.Array(Type.String()),
  }),
  /** How many there are, also those whom the user may not see. */
  count: Int(),
  participants: Type.Array(RoomParticipant),
});
export type RoomInfo = Static<typeof RoomInfo>;

/** Which stream, and which half of it. */
const StreamPlace = Type.Object({ ...device, sid: StreamNumber });
export type RoomStreamPlace = Static<typeof StreamPlace>;

const EndReason = Type.Union([
  Type.Literal('left'),
  Type.Literal('removed'),
  Type.Literal('ended'),
  Type.Literal('rights'),
  Type.Literal('duration'),
  Type.Literal('lost'),
  Type.Literal('signedOut'),
]);
export type RoomEndReason = Static<typeof EndReason>;

const Quality = Type.Union([Type.Literal('good'), Type.Literal('fair'), Type.Literal('poor')]);
const QualityReason = Type.Union([
  Type.Literal('none'),
  Type.Literal('loss'),
  Type.Literal('delay'),
  Type.Literal('bandwidth'),
]);
const PauseReason = Type.Literal('bandwidth');
/** Why the server sends no picture that there is. There may be others in time. */
export type RoomPauseReason = Static<typeof PauseReason>;
const Direction = Type.Union([Type.Literal('publish'), Type.Literal('view')]);

/** What somebody who controls the room asks of a participant's device. */
export const RoomAsk = Type.Object({
  what: Type.Union([
    Type.Literal('unmute'),
    Type.Literal('publish'),
    Type.Literal('subscribe'),
    Type.Literal('fullscreen'),
  ]),
  /** Of the own stream, or, with `of`, of somebody else's. */
  sid: Type.Optional(StreamNumber),
  source: Type.Optional(RoomStreamSource),
  audio: Type.Optional(Type.Boolean()),
  video: Type.Optional(Type.Boolean()),
  /** Whose stream is to be watched or shown large. */
  of: Type.Optional(StreamPlace),
});
export type RoomAsk = Static<typeof RoomAsk>;

/** Events that the server sends, by type. */
export const roomNotices = {
  /** For the members of the group: somebody has begun a room. */
  started: Type.Object({ type: Type.Literal('started'), by: Address, name: Type.String() }),
  /** For the members of the group: nobody is in it any more. */
  over: Type.Object({ type: Type.Literal('over') }),
  /** The device is not in the room any more. */
  ended: Type.Object({ type: Type.Literal('ended'), reason: EndReason }),
  participant: Type.Object({
    type: Type.Literal('participant'),
    rev: Int(),
    participant: RoomParticipant,
  }),
  left: Type.Object({ type: Type.Literal('left'), rev: Int(), ...device, reason: EndReason }),
  rights: Type.Object({ type: Type.Literal('rights'), may: Type.Array(RoomRight) }),
  offer: Type.Object({ type: Type.Literal('offer'), version: Int(), sdp: RoomSdp }),
  slots: Type.Object({
    type: Type.Literal('slots'),
    slots: Type.Array(
      Type.Object({
        mid: Mid,
        /** Absent when nothing is shown in it. */
        of: Type.Optional(StreamPlace),
        /** Nothing is sent of it though it is published and wanted: the way to the device does not take it. */
        paused: Type.Optional(PauseReason),
      }),
    ),
  }),
  encodings: Type.Object({
    type: Type.Literal('encodings'),
    mid: Mid,
    encodings: Type.Array(Type.Object({ rid: Type.String(), active: Type.Boolean() })),
  }),
  speakers: Type.Object({
    type: Type.Literal('speakers'),
    speakers: Type.Array(StreamPlace),
    active: Type.Optional(StreamPlace),
  }),
  reaction: Type.Object({
    type: Type.Literal('reaction'),
    ...device,
    reaction: Type.String({ minLength: 1, maxLength: limits.roomReactionLength }),
  }),
  ask: Type.Object({ type: Type.Literal('ask'), by: Address, ask: RoomAsk }),
  /** How many devices there are, for those who do not see them; now and then, when it has changed. */
  count: Type.Object({ type: Type.Literal('count'), count: Int() }),
  quality: Type.Object({
    type: Type.Literal('quality'),
    direction: Direction,
    quality: Quality,
    /** Why it is not good. */
    reason: Type.Optional(QualityReason),
  }),
  /** Everything that is published is recorded from now on, or no more. */
  recording: Type.Object({
    type: Type.Literal('recording'),
    on: Type.Boolean(),
    by: Type.Optional(Address),
    startedAt: Type.Optional(Time),
  }),
  /** Media was lost at the server: what was published or received, or both, is to be set up anew. */
  restart: Type.Object({ type: Type.Literal('restart'), direction: Type.Optional(Direction) }),
  /** The room is going to be at another node: the device is to join again, and then sets up its media anew. */
  moved: Type.Object({ type: Type.Literal('moved') }),
} as const;

/** Something has happened in a room. */
export const RoomNoticeFrame = Type.Object({
  t: Type.Literal('room'),
  gid: GroupId,
  /** Of which beginning of the room it is. */
  session: Type.String(),
  event: Type.Union(Object.values(roomNotices)),
});

export type RoomNotice = {
  [Name in keyof typeof roomNotices]: Static<(typeof roomNotices)[Name]>;
}[keyof typeof roomNotices];
export type RoomNoticeFrame = { t: 'room'; gid: number; session: string; event: RoomNotice };
