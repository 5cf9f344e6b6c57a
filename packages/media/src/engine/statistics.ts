import type { LayerStatistics } from '../forwarding/source.ts';
import type { SlotStatistics as SlotCounts } from '../room/room-types.ts';
import type { ConnectionState } from '../transport/connection.ts';
import type { MediaCounters } from '../transport/media-counters.ts';

export interface StreamStatistics {
  readonly stream: string;
  /** Packets that were dropped where they arrived: muted, or not permitted. */
  readonly refused: number;
  readonly layers: readonly LayerStatistics[];
}

export interface SlotStatistics extends Omit<SlotCounts, 'rid'> {
  readonly stream: string | null;
  /** The layer that is shown, or null for none. */
  readonly rid: string | null;
}

export interface ParticipantStatistics {
  readonly participant: string;
  readonly publishing: {
    readonly state: ConnectionState;
    readonly streams: readonly StreamStatistics[];
  } | null;
  readonly viewing: {
    readonly state: ConnectionState;
    /** What the path takes, as estimated: bits per second. */
    readonly estimate: number;
    readonly slots: readonly SlotStatistics[];
  } | null;
}

export interface RoomStatistics {
  readonly participants: readonly ParticipantStatistics[];
}

/** What a process of the media plane has done since it began, and has now. */
export interface MediaTotals extends Readonly<MediaCounters> {
  /** From 0. */
  readonly worker: number;
  /** That are published. */
  readonly streams: number;
}
