/** Who gets into a room. */
import { StoaError } from '@stoa/protocol';
import { passMs } from './room-passes.ts';
import type { Rights, RoomState } from './room-state.ts';
import { listOf } from './view.ts';

export interface AtTheDoor {
  readonly uid: number;
  readonly rights: Rights;
  /** He was in the room before it came to this node, which does not know who was. */
  readonly returns?: boolean | undefined;
}

/**
 * Who is inside may come in with another device, too, and who leads the room always.
 *
 * @throws StoaError ROOM_LOCKED
 */
export function requireUnlocked(
  { rules, participants }: Pick<RoomState, 'rules' | 'participants'>,
  { uid, rights, returns = false }: AtTheDoor,
): void {
  if (!rules.locked || returns || rights.has('control') || rights.has('admit')) return;
  for (const participant of participants.values()) if (participant.uid === uid) return;
  throw new StoaError('ROOM_LOCKED');
}

/** What is known of a room, and of the node where it is, to tell whether somebody was in it before. */
export interface Beginning {
  /** Milliseconds since 1970, like all times here. */
  readonly nodeStartedAt: number;
  /** Of the room at this node. */
  readonly begunAt: number;
  /** It was at another node before. */
  readonly goesOn: boolean;
}

/**
 * Whether a room may not know who was in it: shortly after another node has lost it, or this one was started again. At
 * all other times who is not in it has left, or was removed.
 */
export function mayHaveForgotten({ nodeStartedAt, begunAt, goesOn }: Beginning, now: number): boolean {
  return now < begunAt + passMs && (goesOn || begunAt < nodeStartedAt + passMs);
}

export function mayEnter(rights: Rights): boolean {
  return listOf(rights).some((right) => right === 'publish' || right === 'subscribe');
}

/** Those who are inside when a waiting room is made: they stay. Nobody while that is as it was. */
export function insideTheNewDoor(
  { rules: before, participants }: RoomState,
  after: Pick<RoomState['rules'], 'waiting'>,
): number[] {
  if (before.waiting || !after.waiting) return [];
  return [...new Set([...participants.values()].map(({ uid }) => uid))];
}

/** Of a group that is no more. */
export function nobodyMay(error: unknown): ReadonlyMap<number, Rights> {
  if (error instanceof StoaError && error.code === 'NOT_FOUND') return new Map();
  throw error;
}
