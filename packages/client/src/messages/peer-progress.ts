import type { OperationResponse, ReceiptsFrame } from '@stoa/protocol';
import { addPlaces, isKnown, type Runs, withoutPlaces } from '../conversations/index.ts';
import type { ConversationRecord } from '../store/index.ts';

/** How far somebody else has got, in places that are for him: those after `after`, which is 0 where all are. */
export interface PeerProgress {
  readonly after?: number;
  readonly delivered: number;
  readonly deliveredAt: number;
  readonly read: number;
  readonly readAt: number;
}

/** What is known of the other side of a conversation, or of all other members of a group. */
export type PeerState = Pick<ConversationRecord, 'peerCursor' | 'peerGaps'>;

/** Whether somebody else has received, or read, the message at this place, and it was for him. */
export function hasReached(
  which: 'delivered' | 'read',
  seq: number,
  { peerCursor, peerGaps }: PeerState,
): boolean {
  return seq > 0 && seq <= peerCursor[which] && !isKnown(peerGaps?.[which] ?? [], seq);
}

/** What is known then; `from`: the places that are newly reached are behind it. Undefined when none are. */
export function withProgress(
  { peerCursor: old, peerGaps: gaps }: PeerState,
  { after = 0, ...progress }: PeerProgress,
): (PeerState & { readonly from: number }) | undefined {
  // Who has read a message has received it.
  const upto = Math.max(progress.delivered, progress.read);
  const delivered = cover(old.delivered, gaps?.delivered ?? [], after, upto);
  const read = cover(old.read, gaps?.read ?? [], after, progress.read);
  if (delivered.from === undefined && read.from === undefined) return undefined;
  const isFarther = { delivered: delivered.cursor > old.delivered, read: read.cursor > old.read };
  const left = { delivered: delivered.gaps, read: read.gaps };
  return {
    peerCursor: {
      delivered: delivered.cursor,
      deliveredAt: isFarther.delivered ? deliveredAtOf(progress) : old.deliveredAt,
      read: read.cursor,
      readAt: isFarther.read ? progress.readAt : old.readAt,
    },
    ...(left.delivered.length + left.read.length > 0 && { peerGaps: left }),
    from: Math.min(delivered.from ?? upto, read.from ?? upto),
  };
}

/** When a message was received that this progress is the first to cover. */
export function deliveredAtOf({ delivered, deliveredAt, read, readAt }: PeerProgress): number {
  return read > delivered ? readAt : deliveredAt;
}

/** What cursors of members of a group say together: the farthest of those for whom the same is. */
export function progressOfMembers({ members, ts }: ReceiptsFrame): PeerProgress[] {
  const farthest = new Map<number, { delivered: number; read: number }>();
  for (const { after = 0, delivered = 0, read = 0 } of members) {
    const known = farthest.get(after);
    farthest.set(after, {
      delivered: Math.max(delivered, known?.delivered ?? 0),
      read: Math.max(read, known?.read ?? 0),
    });
  }
  return [...farthest].map(([after, places]) => ({ after, ...places, deliveredAt: ts, readAt: ts }));
}

/** What the server knows of one message, in the same way. */
export function progressByReceipts(
  seq: number,
  receipts: OperationResponse<'message.receipts'>['receipts'],
): PeerProgress[] {
  const first = new Map<number, { deliveredAt: number; readAt: number }>();
  const never = Number.POSITIVE_INFINITY;
  for (const { after = 0, deliveredAt = never, readAt = never } of receipts) {
    const known = first.get(after);
    first.set(after, {
      deliveredAt: Math.min(deliveredAt, known?.deliveredAt ?? never),
      readAt: Math.min(readAt, known?.readAt ?? never),
    });
  }
  return [...first].map(([after, { deliveredAt, readAt }]) => ({
    after,
    delivered: deliveredAt === never ? 0 : seq,
    deliveredAt: deliveredAt === never ? 0 : deliveredAt,
    read: readAt === never ? 0 : seq,
    readAt: readAt === never ? 0 : readAt,
  }));
}

/** The places behind `after` up to `upto` are reached: what lies before them is a gap, if nobody had got so far. */
function cover(
  cursor: number,
  gaps: Runs,
  after: number,
  upto: number,
): { readonly cursor: number; readonly gaps: Runs; readonly from: number | undefined } {
  const filled = gaps.find(({ start, end }) => end > after && start <= upto);
  const begin = Math.max(cursor, after);
  const from = filled === undefined ? begin : Math.max(filled.start - 1, after);
  if (from >= upto) return { cursor, gaps, from: undefined };
  const open = upto > cursor ? addPlaces(gaps, cursor + 1, after) : gaps;
  return {
    cursor: Math.max(cursor, upto),
    gaps: withoutPlaces(open, after + 1, upto).slice(-gapsKept),
    from,
  };
}

/** Older ones are forgotten: only a group whose members change all the time has so many. */
const gapsKept = 100;
