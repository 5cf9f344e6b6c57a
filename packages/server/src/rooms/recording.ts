/** That a room is recorded is known to everybody in it. */
import { StoaError } from '@stoa/protocol';
import type { ParticipantKey, RoomContext, RoomInput, RoomState, RoomStep } from './room-state.ts';
import { participantOf, tell, unchanged } from './steps.ts';

/**
 * Before the media plane is asked to.
 *
 * @throws StoaError NOT_IN_ROOM or PERMISSION_DENIED
 */
export function requireRecordable(state: RoomState, key: ParticipantKey): void {
  if (!participantOf(state, key).rights.has('record'))
    throw new StoaError('PERMISSION_DENIED', 'The user lacks "record" in this room.');
}

export function recording(
  state: RoomState,
  { by }: Extract<RoomInput, { type: 'recording' }>,
  { now }: RoomContext,
): RoomStep {
  const participants = [...state.participants.values()];
  if (by === undefined) {
    if (state.recording === undefined) return unchanged(state);
    const next: RoomState = { ...state, recording: undefined };
    return { state: next, effects: [tell(participants, { type: 'recording', on: false })] };
  }
  if (state.recording !== undefined) return unchanged(state);
  const { address } = participantOf(state, by);
  const next: RoomState = { ...state, recording: { by: address, startedAt: now } };
  return {
    state: next,
    effects: [tell(participants, { type: 'recording', on: true, by: address, startedAt: now })],
  };
}
