/** Who gets into a room. */
import { StoaError } from '@stoa/protocol';
import type { Rights, RoomState } from './room-state.ts';
import { listOf } from './view.ts';

/**
 * Who is inside may come in with another device, too.
 *
 * @throws StoaError ROOM_LOCKED
 */
export function requireUnlocked(
  { rules, participants }: Pick<RoomState, 'rules' | 'participants'>,
  uid: number,
): void {
  if (!rules.locked) return;
  for (const participant of participants.values()) if (participant.uid === uid) return;
  throw new StoaError('ROOM_LOCKED');
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
