/** What participants publish and watch. */
import { type RoomMediaState, StoaError } from '@stoa/protocol';
import { isLocked } from './locks.ts';
import type {
  Half,
  Locks,
  Participant,
  ParticipantKey,
  Publication,
  Rights,
  RoomInput,
  RoomRules,
  RoomState,
  RoomStep,
  UserLimits,
} from './room-state.ts';
import {
  change,
  participantOf,
  put,
  rewatch,
  rewatchPlayers,
  tell,
  unchanged,
  withEffects,
} from './steps.ts';
import { publishable } from './view.ts';

type InputOf<Type extends RoomInput['type']> = Extract<RoomInput, { type: Type }>;

/**
 * Looks at what somebody wants to publish, before any media is touched.
 *
 * @throws StoaError NOT_IN_ROOM, PERMISSION_DENIED or BAD_REQUEST
 */
export function requirePublishable(
  state: RoomState,
  key: string,
  streams: readonly {
    readonly sid: number;
    readonly source: string;
    readonly audio?: unknown;
    readonly video?: unknown;
  }[],
): void {
  const participant = participantOf(state, key);
  if (streams.length === 0) return;
  const allowed = publishable(participant, state.rules);
  if (!participant.rights.has('publish'))
    throw new StoaError('PERMISSION_DENIED', 'The user may not publish in this room.');
  if (new Set(streams.map(({ sid }) => sid)).size !== streams.length)
    throw new StoaError('BAD_REQUEST', 'Each stream must have a number of its own.');
  for (const { source, audio, video } of streams) {
    if (audio === undefined && video === undefined)
      throw new StoaError('BAD_REQUEST', 'A stream must have sound or a picture.');
    const refused = forbidden(allowed, source, audio !== undefined, video !== undefined);
    if (refused !== undefined)
      throw new StoaError('PERMISSION_DENIED', `This room takes no ${refused}, or none from this user.`);
  }
}

export function published(state: RoomState, { key, streams }: InputOf<'published'>): RoomStep {
  requirePublishable(state, key, streams);
  const before = participantOf(state, key);
  // What an administrator has locked stays so, whatever is published anew.
  const locked = streams.map((stream) => keepLocks(stream, before, state.locks));
  const step = change(unchanged(state), { ...before, streams: locked });
  const mutes = locked.flatMap((stream) =>
    halves(stream).map(([half, { state: is }]) => {
      return { type: 'mute', key, sid: stream.sid, half, muted: is !== 'on' } as const;
    }),
  );
  return withEffects(step, ...mutes, ...rewatch(step.state, key));
}

export function watch(state: RoomState, { key, wishes }: InputOf<'watch'>): RoomStep {
  const participant = participantOf(state, key);
  if (!participant.rights.has('subscribe'))
    throw new StoaError('PERMISSION_DENIED', 'The user may not watch in this room.');
  return unchanged(put(state, { ...participant, wishes }));
}

/** The participant mutes himself, or ends that. */
export function muteOwn(state: RoomState, { key, sid, audio, video }: InputOf<'mute'>): RoomStep {
  const stream = streamOf(participantOf(state, key), sid);
  const isRefused = (half: 'audio' | 'video', muted: boolean | undefined): boolean =>
    muted === false && stream[half]?.state === 'locked';
  if (isRefused('audio', audio) || isRefused('video', video))
    throw new StoaError('PERMISSION_DENIED', 'Only who controls the room can end this.');
  const to = (muted: boolean | undefined): MutedTo | undefined => {
    if (muted === undefined) return undefined;
    return (is) => (is === 'locked' ? is : muted ? 'muted' : 'on');
  };
  return setMuted(unchanged(state), key, sid, { audio: to(audio), video: to(video) });
}

export type MutedTo = (state: RoomMediaState) => RoomMediaState;

/** Changes how a stream is muted; nothing happens when it is so already. */
export function setMuted(
  step: RoomStep,
  key: ParticipantKey,
  sid: number,
  to: { readonly audio: MutedTo | undefined; readonly video: MutedTo | undefined },
): RoomStep {
  const participant = participantOf(step.state, key);
  const before = streamOf(participant, sid);
  const after: Publication = {
    ...before,
    audio: mutedHalf(before.audio, to.audio),
    video: mutedHalf(before.video, to.video),
  };
  const changed = halves(after).filter(([half, { state }]) => state !== before[half]?.state);
  if (changed.length === 0) return step;
  const streams = participant.streams.map((each) => (each.sid === sid ? after : each));
  const effects = changed.map(([half, { state }]) => {
    return { type: 'mute', key, sid, half, muted: state !== 'on' } as const;
  });
  return withEffects(change(step, { ...participant, streams }), ...effects);
}

export function speakers(state: RoomState, { speakers: talking, active }: InputOf<'speakers'>): RoomStep {
  const placed = talking.flatMap(({ key, sid }) => {
    const participant = state.participants.get(key);
    return participant === undefined ? [] : [{ user: participant.address, dev: participant.dev, sid }];
  });
  const of = active === undefined ? undefined : state.participants.get(active.key);
  const first =
    of === undefined || active === undefined
      ? {}
      : { active: { user: of.address, dev: of.dev, sid: active.sid } };
  const to = [...state.participants.values()].filter(({ rights }) => rights.has('subscribe'));
  const told = tell(to, { type: 'speakers', speakers: placed, ...first });
  if (of === undefined || of.key === state.floor) return { state, effects: [told] };
  const next: RoomState = { ...state, floor: of.key };
  return { state: next, effects: [told, ...rewatchPlayers(next)] };
}

/** Which of a participant's streams the rights, his limits and the rules do not allow any more. */
export function isStillAllowed(
  { source, audio, video }: Publication,
  rights: Rights,
  limits: UserLimits,
  rules: RoomRules,
): boolean {
  const allowed = publishable({ limits }, rules);
  return (
    rights.has('publish') &&
    forbidden(allowed, source, audio !== undefined, video !== undefined) === undefined
  );
}

/** @throws StoaError NOT_FOUND */
function streamOf({ streams }: Participant, sid: number): Publication {
  const found = streams.find((stream) => stream.sid === sid);
  if (found === undefined) throw new StoaError('NOT_FOUND', `There is no stream ${sid}.`);
  return found;
}

function forbidden(
  rules: ReturnType<typeof publishable>,
  source: string,
  audio: boolean,
  video: boolean,
): string | undefined {
  if (source === 'screen') return rules.screen ? undefined : 'screens';
  if (audio && !rules.audio) return 'sound';
  return video && !rules.video ? 'cameras' : undefined;
}

function halves(stream: Publication): (readonly ['audio' | 'video', Half])[] {
  return (['audio', 'video'] as const).flatMap((half) => {
    const found = stream[half];
    return found === undefined ? [] : [[half, found] as const];
  });
}

function mutedHalf(half: Half | undefined, to: MutedTo | undefined): Half | undefined {
  return half === undefined || to === undefined ? half : { ...half, state: to(half.state) };
}

function keepLocks(stream: Publication, { uid, streams }: Participant, locks: Locks): Publication {
  const before = streams.find(({ sid }) => sid === stream.sid);
  const kept = (half: 'audio' | 'video'): Half | undefined => {
    const is = stream[half];
    const stays = before?.[half]?.state === 'locked' || isLocked(locks, uid, stream.source, half);
    return is !== undefined && stays ? { ...is, state: 'locked' } : is;
  };
  return { ...stream, audio: kept('audio'), video: kept('video') };
}
