/** How rooms look to those who are in them. */
import type { RoomInfo, RoomParticipant, RoomRight, RoomStream } from '@stoa/protocol';
import { isOverseer } from './people.ts';
import type { Participant, Publication, Rights, RoomRules, RoomState } from './room-state.ts';

/**
 * Whether one sees the other at all: who may list sees everybody, who may only subscribe those who publish, and those
 * who control the room whomever they control.
 */
export function sees(viewer: Pick<Participant, 'key' | 'rights'>, other: Participant): boolean {
  const { rights } = viewer;
  if (viewer.key === other.key || isOverseer(viewer)) return true;
  return rights.has('subscribe') && other.streams.length > 0;
}

/** Whom one sees: for those who do not see everybody, without looking at all. */
function seenBy(
  { participants }: Pick<RoomState, 'participants'>,
  viewer: Pick<Participant, 'key' | 'rights'>,
): Participant[] {
  if (isOverseer(viewer)) return [...participants.values()];
  const own = participants.get(viewer.key);
  const publishing = viewer.rights.has('subscribe') ? participants.publishers() : [];
  if (own === undefined || publishing.includes(own)) return publishing;
  return [...publishing, own];
}

/** Those who see a participant: when he publishes nothing, without looking at all. */
export function audience(
  { participants }: Pick<RoomState, 'participants'>,
  seen: Participant,
): Participant[] {
  if (seen.streams.length > 0) return [...participants.values()].filter((viewer) => sees(viewer, seen));
  const overseers = participants.overseers();
  const own = participants.get(seen.key);
  return own === undefined || overseers.includes(own) ? overseers : [...overseers, own];
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
export function roomInfo(state: RoomState, viewer: Participant | Rights): RoomInfo {
  const { facts, rules, recording, participants } = state;
  const isIn = 'key' in viewer;
  const as = isIn ? viewer : { key: '', rights: viewer };
  const { bitrate, codecs } = rules;
  const { height, audio, video, screen } = isIn ? publishable(viewer, rules) : rules;
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
    participants: seenBy(state, as).map(participantInfo),
  };
}

/** What a participant with the right may send, and the pixels of his largest picture. */
export function publishable(
  { limits }: Pick<Participant, 'limits'>,
  { height, audio, video, screen }: RoomRules,
): Pick<RoomRules, 'height' | 'audio' | 'video' | 'screen'> {
  const { media } = limits;
  return {
    height: Math.min(height, limits.height ?? height),
    audio: audio && media?.audio !== false,
    video: video && media?.video !== false,
    screen: screen && media?.screen !== false,
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
