import type { Room } from '../room/room.ts';
import type { ConnectionState } from '../transport/connection.ts';
import type { Publisher } from './publisher.ts';
import type { ParticipantStatistics } from './statistics.ts';
import type { Viewer } from './viewer.ts';

type StateOf = (transport: string) => ConnectionState;

export function publishingStatistics(
  { transport, streams }: Publisher,
  room: Room,
  stateOf: StateOf,
): ParticipantStatistics['publishing'] {
  if (transport === undefined) return null;
  const now = Date.now();
  return {
    state: stateOf(transport),
    streams: streams.map(({ id: stream, inRoom }) => ({ stream, ...room.streamStatistics(inRoom, now) })),
  };
}

export function viewingStatistics(
  { transport, placed }: Viewer,
  room: Room,
  stateOf: StateOf,
): ParticipantStatistics['viewing'] {
  if (transport === undefined) return null;
  const { bitrate, slots } = room.statistics(transport);
  return {
    state: stateOf(transport),
    estimate: bitrate,
    slots: slots.map(({ rid, ...slot }) => ({
      ...slot,
      stream: placed.get(slot.mid) ?? null,
      rid: rid ?? null,
    })),
  };
}
