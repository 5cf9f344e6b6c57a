import { limits } from '@stoa/protocol';

/** Bytes of a message that are not its text. */
const envelopeBytes = 64;

/** By how many bytes a text exceeds what one message may hold. */
export function excessBytes(text: string): number {
  const limit = limits.contentBytes - envelopeBytes;
  // No character has more than three bytes for each of its UTF-16 units.
  if (text.length * 3 <= limit) return 0;
  return Math.max(0, new TextEncoder().encode(text).length - limit);
}
