import { type Content, encodeMessage, type MessageFrame, msgpackCodec, unpackValue } from '@stoa/protocol';
import type { StoredMessage } from '@stoa/storage';

/** Who the two sides of a conversation are, in the words of the wire. */
export interface FrameAddresses {
  readonly from: string;
  readonly to?: string;
  readonly gid?: number;
}

/** The frame of a stored message, the same for every receiver. An expired one keeps its place without content. */
export function messageFrame(message: StoredMessage, addresses: FrameAddresses, now: number): MessageFrame {
  const head = messageHead(message, addresses);
  const expired = message.expiresAt !== 0 && message.expiresAt <= now;
  if (message.content === null || expired) return { ...head, gone: 'expired' };
  return { ...head, content: unpackValue(message.content) as Content };
}

/** The same frame as msgpack, encoded once for all receivers without unpacking the content. */
export function encodedMessage(message: StoredMessage, addresses: FrameAddresses, now: number): Uint8Array {
  if (message.content !== null && (message.expiresAt === 0 || message.expiresAt > now)) {
    return encodeMessage(messageHead(message, addresses), message.content);
  }
  return msgpackCodec.encode(messageFrame(message, addresses, now)) as Uint8Array;
}

function messageHead(
  message: StoredMessage,
  addresses: FrameAddresses,
): Omit<MessageFrame, 'content' | 'gone'> {
  return {
    t: 'message',
    conv: message.conv,
    seq: message.seq,
    mid: message.mid,
    ...addresses,
    ts: message.ts,
    type: message.type,
    flags: message.flags,
    ...(message.expiresAt === 0 ? {} : { expires: message.expiresAt }),
    localId: message.localId,
    ...(message.ref === null ? {} : { ref: message.ref }),
    dev: message.dev,
    id: message.id ?? 0,
  };
}
