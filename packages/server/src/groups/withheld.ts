import { type MessageFrame, msgpackCodec } from '@stoa/protocol';

/** The frame of a message for somebody who does not take messages of its sender: it keeps its place, without content. */
export function withheld(bytes: Uint8Array): Uint8Array {
  const [frame] = msgpackCodec.decode(bytes) as [MessageFrame];
  const { content: _, marks: __, edited: ___, ...head } = frame;
  return msgpackCodec.encode({ ...head, gone: 'erased' } satisfies MessageFrame) as Uint8Array;
}
