import {
  type Content,
  encodeMessage,
  type Marks,
  type MessageFrame,
  msgpackCodec,
  unpackValue,
} from '@stoa/protocol';
import type { GoneReason, MessageSpecial, StoredMessage } from '@stoa/storage';

/** Who the two sides of a conversation are, in the words of the wire. */
export interface FrameAddresses {
  readonly from: string;
  readonly to?: string;
  readonly gid?: number;
}

/** What only few frames have. */
export interface FrameExtras {
  readonly marks?: Marks | undefined;
  /** The first place for which it stands, when that is not its own. */
  readonly first?: number | undefined;
}

/** The frame of a stored message, the same for every receiver. One that is gone keeps its place without content. */
export function messageFrame(
  message: StoredMessage,
  addresses: FrameAddresses,
  gone: GoneReason | null,
  { marks, first }: FrameExtras = {},
): MessageFrame {
  const head = {
    ...messageHead(message, addresses),
    ...(marks !== undefined && gone === null && { marks }),
    ...(first !== undefined && { first }),
  };
  if (gone !== null || message.content === null) return { ...head, gone: gone ?? 'recalled' };
  return { ...head, content: unpackValue(message.content) as Content };
}

/** The same frame as msgpack, encoded once for all receivers without unpacking the content. */
export function encodedMessage(
  message: StoredMessage,
  content: Uint8Array,
  addresses: FrameAddresses,
): Uint8Array {
  const { special } = message;
  // Every message passes here, so no object is made of parts of others.
  return encodeMessage(
    {
      conv: message.conv,
      seq: message.seq,
      mid: message.mid,
      from: addresses.from,
      to: addresses.to,
      gid: addresses.gid,
      ts: message.ts,
      type: message.type,
      flags: message.flags,
      expires: message.expiresAt === 0 ? undefined : message.expiresAt,
      localId: message.localId,
      ref: message.ref ?? undefined,
      dev: message.dev,
      id: message.id ?? 0,
      event: special?.event ?? undefined,
      target: special?.target ?? undefined,
      edited: special?.editedAt ?? undefined,
      age: special?.age ?? undefined,
    },
    content,
  );
}

/** Of a message that may be gone. */
export function encodedFrame(
  message: StoredMessage,
  addresses: FrameAddresses,
  gone: GoneReason | null,
  extras: FrameExtras = {},
): Uint8Array {
  const isPlain = extras.marks === undefined && extras.first === undefined;
  return gone === null && message.content !== null && isPlain
    ? encodedMessage(message, message.content, addresses)
    : (msgpackCodec.encode(messageFrame(message, addresses, gone, extras)) as Uint8Array);
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
    ...(message.special === null ? {} : specialFields(message.special)),
  };
}

function specialFields({ event, target, age, editedAt }: MessageSpecial) {
  return {
    ...(event === null ? {} : { event }),
    ...(target === null ? {} : { target }),
    ...(editedAt === null ? {} : { edited: editedAt }),
    ...(age === null ? {} : { age }),
  };
}
