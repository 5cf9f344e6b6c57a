import type { NumberedSlot } from '../transport/receive-transport.ts';
import type { SlotStatistics } from './room-types.ts';

export function slotStatistics({ mid, slot }: NumberedSlot): SlotStatistics {
  const { packets, bytes, switches, repeated, lost, pictureLosses, shown } = slot;
  const counted = { packets, bytes, switches, repeated, lost, pictureLosses };
  return { mid, ...counted, rid: shown?.rid, height: shown?.height ?? 0 };
}
