import type { MemberCursors } from '@stoa/storage';

/** Up to where the other one of a pair has received and read, as the user is told it. */
export function peerCursorFields(
  { delivered, deliveredAt, read, readAt }: MemberCursors,
  tellsDelivered: boolean,
) {
  // What was read has been delivered, whatever is not told.
  return tellsDelivered
    ? { delivered, deliveredAt, read, readAt }
    : { delivered: read, deliveredAt: readAt, read, readAt };
}
