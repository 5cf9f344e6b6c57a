import { StoaError } from '@stoa/protocol';
import { Map as ImmutableMap } from 'immutable';
import { control } from './control.ts';
import { recount, tellCount } from './counting.ts';
import { requireUnlocked } from './door.ts';
import { isOverseer, People } from './people.ts';
import { recording } from './recording.ts';
import type {
  Participant,
  RoomContext,
  RoomEffect,
  RoomFacts,
  RoomInput,
  RoomRules,
  RoomState,
  RoomStep,
} from './room-state.ts';
import { keyOf } from './room-state.ts';
import {
  change,
  participantOf,
  put,
  remove,
  rewatch,
  rewatchPlayers,
  tell,
  tellLeft,
  unchanged,
  withEffects,
} from './steps.ts';
import { isStillAllowed, muteOwn, published, speakers, watch } from './streams.ts';
import { audience, listOf, participantInfo, sees } from './view.ts';

/** Nobody is in it yet. */
export function emptyRoom(facts: RoomFacts, rules: RoomRules): RoomState {
  return {
    facts,
    rules,
    locks: ImmutableMap(),
    recording: undefined,
    floor: undefined,
    unattendedSince: undefined,
    participants: People.none,
    counted: { at: 0, isTrue: true },
  };
}

/**
 * What becomes of a room by something that happened, and what is to be done about it.
 *
 * @throws StoaError when it is not allowed: then nothing has happened
 */
export function reduce(state: RoomState, input: RoomInput, context: RoomContext): RoomStep {
  switch (input.type) {
    case 'join':
      return join(state, input, context);
    case 'leave':
      return remove(unchanged(state), input.key, input.reason);
    case 'lost':
      return away(unchanged(state), input.key, context.now);
    case 'alive':
      return heard(state, participantOf(state, input.key), context);
    case 'rights':
      return newRights(state, input);
    case 'published':
      return published(state, input);
    case 'watch':
      return withEffects(watch(state, input), { type: 'watch', key: input.key });
    case 'mute':
      return muteOwn(state, input);
    case 'hand': {
      const participant = participantOf(state, input.key);
      if (input.raised === (participant.hand !== undefined)) return unchanged(state);
      return change(unchanged(state), { ...participant, hand: input.raised ? context.now : undefined });
    }
    case 'react': {
      const participant = participantOf(state, input.key);
      const { address: user, dev } = participant;
      const notice = { type: 'reaction', user, dev, reaction: input.reaction } as const;
      return { state, effects: [tell(audience(state, participant), notice)] };
    }
    case 'control':
      return control(state, input.key, input.command);
    case 'speakers':
      return speakers(state, input);
    case 'recording':
      return recording(state, input, context);
    case 'mediaLost':
      return { state, effects: [tell([...state.participants.values()], { type: 'restart' })] };
    case 'tick':
      return tick(state, context);
  }
}

/** A device comes, or comes back: then it keeps what it had. */
function join(
  state: RoomState,
  { joiner }: Extract<RoomInput, { type: 'join' }>,
  { now }: RoomContext,
): RoomStep {
  const { uid, dev, address, name, limits = {}, as, plays } = joiner;
  const rights = leftOf(joiner.rights, as);
  const key = keyOf(uid, dev);
  const before = state.participants.get(key);
  if (before !== undefined) return heard(state, before, { now });
  requireUnlocked(state, joiner);
  if (rights.size === 0)
    throw new StoaError(
      'PERMISSION_DENIED',
      `The user may not ${as === 'whep' ? 'watch' : 'publish'} in this room.`,
    );
  if (state.participants.size >= state.rules.participants)
    throw new StoaError(
      'TOO_MANY',
      `There are ${state.participants.size} in the room, as many as there may be.`,
    );
  const participant: Participant = {
    key,
    uid,
    dev,
    address,
    name,
    rights,
    limits,
    as,
    plays,
    joinedAt: now,
    // An encoder or a player is there when its media is.
    awayUntil: as === undefined ? undefined : now + connectMs,
    heardAt: now,
    hand: undefined,
    streams: [],
    wishes: plays === undefined ? undefined : { streams: [], others: false },
    rev: 0,
  };
  return withEffects(change(unchanged(recount(state)), participant), { type: 'permit', key });
}

/** The device is there (again). */
function heard(state: RoomState, before: Participant, { now }: RoomContext): RoomStep {
  const present: Participant = { ...before, awayUntil: undefined, heardAt: now };
  return before.awayUntil === undefined
    ? unchanged(put(state, present))
    : changeOnStage(unchanged(state), present);
}

/** It is waited for. */
function away(step: RoomStep, key: string, now: number): RoomStep {
  const participant = step.state.participants.get(key);
  if (participant === undefined || participant.awayUntil !== undefined) return step;
  return changeOnStage(step, { ...participant, awayUntil: now + step.state.rules.grace });
}

/** Players show others while somebody is away. */
function changeOnStage(before: RoomStep, participant: Participant): RoomStep {
  const step = change(before, participant);
  return participant.streams.length === 0 ? step : withEffects(step, ...rewatchPlayers(step.state));
}

function tick(state: RoomState, { now }: RoomContext): RoomStep {
  const { facts, rules } = state;
  if (rules.longest > 0 && now >= facts.startedAt + rules.longest) return all(state, 'duration');
  if (isUnattended(state, now)) return all(state, 'left');
  const unattendedSince = hasOnlyPlayers(state) ? (state.unattendedSince ?? now) : undefined;
  let step = unchanged({ ...state, unattendedSince });
  for (const { key, as, awayUntil, heardAt, joinedAt, limits } of state.participants.values()) {
    if (now >= joinedAt + (limits.longest ?? Number.POSITIVE_INFINITY)) step = remove(step, key, 'duration');
    else if (awayUntil !== undefined && now >= awayUntil) step = remove(step, key, 'lost');
    // Its connection may be there, and its page not: several pages share one.
    else if (as === undefined && awayUntil === undefined && now >= heardAt + silenceMs)
      step = away(step, key, now);
  }
  return tellCount(step, now);
}

function hasOnlyPlayers({ participants }: RoomState): boolean {
  return [...participants.values()].every(({ as }) => as === 'whep');
}

/** Nobody but players is there, for as long as a device would be waited for. */
function isUnattended(state: RoomState, now: number): boolean {
  const { unattendedSince: since, rules } = state;
  return since !== undefined && now >= since + rules.grace && hasOnlyPlayers(state);
}

function all(state: RoomState, reason: 'duration' | 'left'): RoomStep {
  return [...state.participants.keys()].reduce((step, key) => remove(step, key, reason), unchanged(state));
}

/** The group has changed: what is not allowed any more ends at once. */
function newRights(
  before: RoomState,
  { rules, rights, limits }: Extract<RoomInput, { type: 'rights' }>,
): RoomStep {
  let step: RoomStep = unchanged({ ...before, rules });
  for (const key of before.participants.keys()) {
    const found = step.state.participants.get(key);
    if (found === undefined) continue;
    const participant = { ...found, limits: limits?.get(key) ?? found.limits };
    const now = leftOf(rights.get(key) ?? new Set(), participant.as);
    if (!now.has('publish') && !now.has('subscribe')) step = remove(step, key, 'rights');
    else step = withRights(step, participant, now);
  }
  return step;
}

function withRights(before: RoomStep, participant: Participant, rights: Participant['rights']): RoomStep {
  const { key, limits } = participant;
  const { rules } = before.state;
  const isSame = listOf(rights).join() === listOf(participant.rights).join();
  const streams = participant.streams.filter((stream) => isStillAllowed(stream, rights, limits, rules));
  const lostStreams = streams.length < participant.streams.length;
  const mayWatch = rights.has('subscribe');
  const wishes = mayWatch ? participant.wishes : undefined;
  const next: Participant = { ...participant, rights, streams, wishes };
  const effects: RoomEffect[] = [{ type: 'permit', key }];
  if (lostStreams && streams.length === 0) effects.push({ type: 'unpublish', key });
  if (!mayWatch && participant.rights.has('subscribe')) effects.push({ type: 'unview', key });
  if (isSame && !lostStreams) return withEffects({ ...before, state: put(before.state, next) }, ...effects);
  let step = lostStreams ? change(before, next) : { ...before, state: put(before.state, next) };
  if (isOverseer(participant) && !isOverseer(next)) step = { ...step, state: recount(step.state) };
  step = tellNewlySeen(step, participant, next);
  step = withEffects(step, tell([next], { type: 'rights', may: listOf(rights) }), ...effects);
  return lostStreams ? withEffects(step, ...rewatch(step.state, key)) : step;
}

/** Who may list from now on is told of those whom he did not see; who may not any more, that they are gone from his sight. */
function tellNewlySeen(before: RoomStep, was: Participant, is: Participant): RoomStep {
  let step = before;
  for (const other of before.state.participants.values()) {
    const seesNow = sees(is, other);
    if (seesNow === sees(was, other)) continue;
    const viewer = participantOf(step.state, is.key);
    if (!seesNow) {
      step = tellLeft(step, [is.key], other, 'left');
      continue;
    }
    const rev = viewer.rev + 1;
    const notice = { type: 'participant', rev, participant: participantInfo(other) } as const;
    step = withEffects({ ...step, state: put(step.state, { ...viewer, rev }) }, tell([viewer], notice));
  }
  return step;
}

/** What an encoder or a player may of what its user may. */
function leftOf(rights: Participant['rights'], as: Participant['as']): Participant['rights'] {
  if (as === undefined) return rights;
  const own = as === 'whip' ? 'publish' : 'subscribe';
  return new Set(listOf(rights).filter((right) => right === own));
}

/** The time in which an encoder or a player has to connect. */
const connectMs = 30_000;

/** Clients say every 10 seconds that they are there. */
const silenceMs = 25_000;
