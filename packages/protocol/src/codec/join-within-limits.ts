import { limits } from '../limits.ts';
import type { Codec, WireData } from './codec.ts';

/**
 * Joins encoded frames, in order, into as few WebSocket messages as the limits of one allow. A frame that is larger
 * than limits.socketMessageBytes by itself gets a message of its own.
 */
export function joinWithinLimits(codec: Codec, parts: readonly WireData[]): WireData[] {
  const messages: WireData[] = [];
  let start = 0;
  let size = 0;
  for (let index = 0; index < parts.length; index += 1) {
    const bytes = maximalBytes(parts[index] ?? '');
    const full = index - start === limits.framesPerSocketMessage || size + bytes > limits.socketMessageBytes;
    if (full && index > start) {
      messages.push(codec.join(parts.slice(start, index)));
      start = index;
      size = 0;
    }
    size += bytes;
  }
  if (start < parts.length) messages.push(codec.join(start === 0 ? parts : parts.slice(start)));
  return messages;
}

/** What the part takes in a message at most: counting the UTF-8 of text exactly would cost as much as sending it. */
function maximalBytes(part: WireData): number {
  return typeof part === 'string' ? part.length * 3 + 1 : part.length;
}
