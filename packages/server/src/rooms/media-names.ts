/** How the media plane names what is in a room: a participant by its key, a stream by number and half. */
import type { OfferedStream, StreamKind, Wish } from '@stoa/media';
import type { Participant, Publication, RoomRules, RoomState, StreamId } from './room-state.ts';
import { onStage } from './stage.ts';
import { publishable } from './view.ts';

type Source = Publication['source'];

function kindOf(source: Source, half: 'audio' | 'video'): StreamKind {
  if (source === 'screen') return half === 'audio' ? 'screenSound' : 'screen';
  return half === 'audio' ? 'microphone' : 'camera';
}

function streamName(sid: number, half: 'audio' | 'video'): string {
  return `${sid}-${half}`;
}

export function streamId(key: string, sid: number, half: 'audio' | 'video'): string {
  return `${key}/${streamName(sid, half)}`;
}

/** Of a room as the media plane names it; another one each time it is made there. */
export function mediaIdOf(gid: number, session: string, time: number): string {
  return `${gid}-${session}-${time}`;
}

/** Of which group's room the media plane speaks; NaN when it is none of ours. */
export function gidOfMedia(mediaId: string): number {
  return Number(mediaId.slice(0, Math.max(0, mediaId.indexOf('-'))) || Number.NaN);
}

/** Undefined for a name that is none of ours. */
export function readStreamId(id: string): StreamId | undefined {
  const [, key, sid] = /^(.+)\/(\d+)-(?:audio|video)$/.exec(id) ?? [];
  return key === undefined ? undefined : { key, sid: Number(sid) };
}

/** What somebody with these rights and limits may publish. */
export function permittedKinds(participant: Participant, rules: RoomRules): StreamKind[] {
  if (!participant.rights.has('publish')) return [];
  const { audio, video, screen } = publishable(participant, rules);
  return [
    ...(audio ? (['microphone'] as const) : []),
    ...(video ? (['camera'] as const) : []),
    ...(screen ? (['screen', 'screenSound'] as const) : []),
  ];
}

export function offeredStreams(streams: readonly Publication[]): OfferedStream[] {
  return streams.flatMap(({ sid, source, ...stream }) =>
    (['audio', 'video'] as const).flatMap((half) => {
      const mid = stream[half]?.mid;
      return mid === undefined ? [] : [{ mid, kind: kindOf(source, half), name: streamName(sid, half) }];
    }),
  );
}

/**
 * What a viewer is to be sent of what there is: what it asks for, and the sound of all others when it wants that. No
 * picture larger than the room allows.
 */
export function engineWishes(state: RoomState, viewer: Participant): Wish[] {
  const { wishes, rights, plays } = viewer;
  if (wishes === undefined || !rights.has('subscribe')) return [];
  if (plays !== undefined) {
    const { height } = state.rules;
    return onStage(state, plays).map(({ key, sid, half }) => {
      const stream = streamId(key, sid, half);
      return half === 'audio' ? { stream } : { stream, height };
    });
  }
  const asked = new Map(wishes.streams.map((wish) => [`${wish.user} ${wish.dev} ${wish.sid}`, wish]));
  const found: Wish[] = [];
  for (const other of state.participants.publishers()) {
    if (other.key === viewer.key) continue;
    for (const { sid, audio, video } of other.streams) {
      const wish = asked.get(`${other.address} ${other.dev} ${sid}`);
      if (audio !== undefined && (wish?.audio ?? wishes.others)) {
        found.push({ stream: streamId(other.key, sid, 'audio') });
      }
      if (video === undefined || wish?.video !== true) continue;
      const height = Math.min(wish.height ?? state.rules.height, state.rules.height);
      const stream = streamId(other.key, sid, 'video');
      found.push(height === 0 ? { stream, paused: true } : { stream, height });
    }
  }
  return found;
}
