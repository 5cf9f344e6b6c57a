import { type Content, encodeMessage, type MessageFrame, unpackValue } from '@stoa/protocol';
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
  if (message.content === null || message.expiresAt <= now) return { ...head, gone: 'expired' };
  return { ...head, content: unpackValue(message.content) as Content };
}

/** The frame of a message with this packed content, encoded once for all receivers. */
export function encodedMessage(
  message: StoredMessage,
  content: Uint8Array,
  addresses: FrameAddresses,
): Uint8Array {
  return encodeMessage(messageHead(message, addresses), content);
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
    expires: message.expiresAt,
    localId: message.localId,
    ...(message.ref === null ? {} : { ref: message.ref }),
    dev: message.dev,
    id: message.id ?? 0,
  };
}
