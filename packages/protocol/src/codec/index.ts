import type { Codec } from './codec.ts';
import { jsonCodec } from './json.ts';
import { msgpackCodec } from './msgpack.ts';

export type { Codec, WireData } from './codec.ts';
export { encodeMessage, encodeReceipt, encodeSent } from './frame-bytes.ts';
export { joinWithinLimits } from './join-within-limits.ts';
export { jsonCodec } from './json.ts';
export { msgpackCodec, packValue, unpackValue } from './msgpack.ts';

/** Codecs by preference: the server picks the first one that the client offers. */
export const codecs: readonly Codec[] = [msgpackCodec, jsonCodec];

/** The codec of a WebSocket subprotocol, or undefined when it is not spoken. */
export function codecOf(subprotocol: string): Codec | undefined {
  return codecs.find((codec) => codec.subprotocol === subprotocol);
}
