import { byteAt } from '../rtp/bytes.ts';

export interface RedBlock {
  /** In ticks, before that of the packet. */
  readonly earlier: number;
  readonly payload: Uint8Array;
}

/** The blocks of a redundant payload (RFC 2198, section 3), from the oldest; the last is the packet's own. */
export function readRed(payload: Uint8Array): RedBlock[] {
  const headers: { earlier: number; length: number }[] = [];
  let at = 0;
  while ((byteAt(payload, at) & 0x80) !== 0) {
    const high = byteAt(payload, at + 1);
    const middle = byteAt(payload, at + 2);
    headers.push({
      earlier: (high << 6) | (middle >> 2),
      length: ((middle & 0x03) << 8) | byteAt(payload, at + 3),
    });
    at += 4;
  }
  at += 1;
  const blocks: RedBlock[] = [];
  for (const { earlier, length } of headers) {
    if (at + length > payload.length) return blocks;
    blocks.push({ earlier, payload: payload.subarray(at, at + length) });
    at += length;
  }
  blocks.push({ earlier: 0, payload: payload.subarray(at) });
  return blocks.filter((block) => block.payload.length > 0);
}
