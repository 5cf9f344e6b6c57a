/** How rooms look to those who are in them. */
import type { RoomInfo, RoomParticipant, RoomRight, RoomStream } from '@stoa/protocol';
import type { Participant, Publication, Rights, RoomState } from './room-state.ts';

/**
 * Whether one sees the other at all: who may list sees everybody, who may only subscribe those who publish, and those
 * who control the room whomever they control.
 */
export function sees(viewer: Pick<Participant, 'key' | 'rights'>, other: Participant): boolean {
  const { rights } = viewer;
  if (viewer.key === other.key || rights.has('list') || rights.has('control')) return true;
  return rights.has('subscribe') && other.streams.length > 0;
}

export function participantInfo(participant: Participant): RoomParticipant {
  const { address, dev, uid, name, as, joinedAt, awayUntil, hand, streams } = participant;
  return {
    user: address,
    dev,
    uid,
    name,
    ...(as === undefined ? {} : { as }),
    joinedAt,
    away: awayUntil !== undefined,
    ...(hand === undefined ? {} : { hand }),
    streams: streams.map(streamInfo),
  };
}

/** The room as a participant sees it, or, without one, somebody with these rights. */
export function roomInfo(
  { facts, rules, recording, participants }: RoomState,
  viewer: Participant | Rights,
): RoomInfo {
  const isIn = 'key' in viewer;
  const as = isIn ? viewer : { key: '', rights: viewer };
  const { height, bitrate, audio, video, screen, codecs } = rules;
  return {
    gid: facts.gid,
    session: facts.session,
    rev: isIn ? viewer.rev : 0,
    startedAt: facts.startedAt,
    ...(rules.longest === 0 ? {} : { ends: facts.startedAt + rules.longest }),
    ...(recording === undefined ? {} : { recording }),
    may: isIn ? listOf(viewer.rights) : [],
    limits: { participants: rules.participants, height, bitrate, audio, video, screen, codecs: [...codecs] },
    count: participants.size,
    participants: [...participants.values()].filter((each) => sees(as, each)).map(participantInfo),
  };
}

export function listOf(rights: Rights): RoomRight[] {
  return [...rights];
}

function streamInfo({ sid, source, name, audio, video }: Publication): RoomStream {
  return {
    sid,
    source,
    ...(name === undefined ? {} : { name }),
    ...(audio === undefined ? {} : { audio: audio.state }),
    ...(video === undefined ? {} : { video: video.state }),
  };
}
