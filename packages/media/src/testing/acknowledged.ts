import type { Acknowledged } from '../bandwidth/send-log.ts';

/** One packet of a viewer's feedback. */
export interface AcknowledgedPacket {
  readonly sentAt: number;
  readonly bytes: number;
  /** -1 for what did not come. */
  readonly arrivedAt: number;
}

/** Feedback as the send log would tell it. */
export function acknowledged(packets: readonly AcknowledgedPacket[]): Acknowledged {
  return {
    count: packets.length,
    sentAt: Float64Array.from(packets, ({ sentAt }) => sentAt),
    bytes: Uint16Array.from(packets, ({ bytes }) => bytes),
    arrivedAt: Float64Array.from(packets, ({ arrivedAt }) => arrivedAt),
  };
}

/** The same packet by packet. */
export function packetsOf({ count, sentAt, bytes, arrivedAt }: Acknowledged): AcknowledgedPacket[] {
  return Array.from({ length: count }, (_, index) => ({
    sentAt: sentAt[index] ?? 0,
    bytes: bytes[index] ?? 0,
    arrivedAt: arrivedAt[index] ?? -1,
  }));
}
