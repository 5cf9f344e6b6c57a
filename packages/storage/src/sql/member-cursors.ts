import type { CursorAdvance, CursorMoves } from '../store.ts';

/** A member's cursors while a batch changes them. */
export interface MovingCursors {
  delivered: number;
  deliveredAt: number;
  read: number;
  readAt: number;
  seen: number;
}

/** Moves the cursors to a place that exists, forward only, and says which of them have moved. */
export function moveCursors(
  cursors: MovingCursors,
  kind: CursorAdvance['kind'],
  place: number,
  now: number,
): CursorMoves {
  const moves: { delivered?: number; read?: number; seen?: number } = {};
  if (place > cursors.delivered) {
    moves.delivered = place;
    cursors.delivered = place;
    cursors.deliveredAt = now;
  }
  if (kind !== 'received' && place > cursors.seen) {
    moves.seen = place;
    cursors.seen = place;
  }
  if (kind === 'read' && place > cursors.read) {
    moves.read = place;
    cursors.read = place;
    cursors.readAt = now;
  }
  return moves;
}

/** Whether any cursor has moved. */
export function hasMoved({ delivered, read, seen }: CursorMoves): boolean {
  return delivered !== undefined || read !== undefined || seen !== undefined;
}
