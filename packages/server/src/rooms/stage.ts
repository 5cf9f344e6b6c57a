/** What a player shows, which says once what it wants and is not asked again. */
import type { Participant, ParticipantKey, PlayerWish, RoomState } from './room-state.ts';

export interface StagedHalf {
  readonly key: ParticipantKey;
  readonly sid: number;
  readonly half: 'audio' | 'video';
}

/**
 * As many sounds and pictures as the player has m-lines: of the user whom it names, else first of the one who talks or
 * was the last to, then of the others in the order in which they came; whose connection is lost, last. Of each first
 * the screens, and the microphone.
 */
export function onStage(
  { participants, floor }: Pick<RoomState, 'participants' | 'floor'>,
  { user, sid, audio, video }: PlayerWish,
): StagedHalf[] {
  const publishers = [...participants.values()].filter(
    ({ address }) => user === undefined || address === user,
  );
  const rank = ({ key, awayUntil }: Participant): number =>
    awayUntil !== undefined ? 2 : key === floor ? 0 : 1;
  // The sort is stable: all others stay in their order.
  publishers.sort((a, b) => rank(a) - rank(b));
  const sounds = publishers.flatMap((each) => halvesOf(each, 'audio', 'camera'));
  const pictures = publishers.flatMap((each) => halvesOf(each, 'video', 'screen'));
  const isAsked = (each: StagedHalf): boolean => sid === undefined || each.sid === sid;
  return [...sounds.filter(isAsked).slice(0, audio), ...pictures.filter(isAsked).slice(0, video)];
}

function halvesOf(
  { key, streams }: Participant,
  half: 'audio' | 'video',
  first: 'camera' | 'screen',
): StagedHalf[] {
  return streams
    .filter((stream) => stream[half] !== undefined)
    .sort((a, b) => Number(b.source === first) - Number(a.source === first))
    .map(({ sid }) => ({ key, sid, half }));
}
