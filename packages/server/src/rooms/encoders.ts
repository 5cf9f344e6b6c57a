import type { MediaEvent } from '@stoa/media';
import type { Participant, RoomInput } from './room-state.ts';

/**
 * What the connection of an encoder tells of it, as it says nothing itself; undefined for a device that does.
 */
export function ofEncoder(
  participant: Pick<Participant, 'key' | 'as'> | undefined,
  { state }: Pick<Extract<MediaEvent, { type: 'connection' }>, 'state'>,
): RoomInput | undefined {
  if (participant?.as === undefined) return undefined;
  const { key } = participant;
  switch (state) {
    case 'connected':
      return { type: 'alive', key };
    case 'disconnected':
      return { type: 'lost', key };
    case 'closed':
      return { type: 'leave', key, reason: 'lost' };
    case 'connecting':
      return undefined;
  }
}
