import { type Content, encodeMessage, type MessageFrame, unpackValue } from '@stoa/protocol';
import type { StoredMessage } from '@stoa/storage';

/** Who the two sides of a conversation are, in the words of the wire. */
export interface FrameAddresses {
  readonly from: string;
  readonly to?: string;
  readonly gid?: number;
}

/** Whether the time in which the message could be delivered is over. */
export function isExpired({ expiresAt }: StoredMessage, now: number): boolean {
  return expiresAt !== 0 && expiresAt <= now;
}

/** The frame of a stored message, the same for every receiver. One that is `gone` keeps its place without content. */
export function messageFrame(message: StoredMessage, addresses: FrameAddresses, gone: boolean): MessageFrame {
  const head = messageHead(message, addresses);
  if (gone || message.content === null) return { ...head, gone: 'expired' };
  return { ...head, content: unpackValue(message.content) as Content };
}

/** The same frame as msgpack, encoded once for all receivers without unpacking the content. */
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
    ...(message.expiresAt === 0 ? {} : { expires: message.expiresAt }),
    localId: message.localId,
    ...(message.ref === null ? {} : { ref: message.ref }),
    dev: message.dev,
    id: message.id ?? 0,
  };
}
