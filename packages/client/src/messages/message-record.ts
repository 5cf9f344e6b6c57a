import type { MessageFrame } from '@stoa/protocol';
import { conversationId } from '../conversations/index.ts';
import type { MessageRecord } from '../store/index.ts';
import type { ConversationId, Self } from '../types.ts';
import { withSnapshot } from './marks.ts';

/** The conversation that a message belongs to, seen from one of its sides. */
export function conversationOfMessage(frame: MessageFrame, self: Self): ConversationId {
  if (frame.gid !== undefined) return conversationId({ gid: frame.gid });
  const isOwn = frame.from === self.address;
  return conversationId({ peer: isOwn ? (frame.to ?? frame.from) : frame.from });
}

/**
 * What is stored of a message that the server sent.
 *
 * @param withContent false when it came too late: only its place is kept
 */
export function messageRecord(
  frame: MessageFrame,
  conversation: ConversationId,
  order: number,
  self: Self,
  withContent: boolean,
): MessageRecord {
  const { seq, mid, localId, from, ts, type, flags, expires, ref, content, edited, age } = frame;
  const marks = withSnapshot(undefined, frame.marks);
  const gone = withContent ? frame.gone : 'expired';
  const outgoing = from === self.address;
  return {
    conversation,
    order,
    seq,
    mid,
    id: outgoing && frame.dev === self.dev ? frame.id : 0,
    localId,
    from,
    outgoing,
    ts,
    type,
    flags,
    ...(expires === undefined ? {} : { expiresAt: expires }),
    ...(ref === undefined ? {} : { ref }),
    ...(age === undefined ? {} : { age }),
    ...(gone === undefined ? { content: content ?? {} } : { gone }),
    ...(gone === undefined && edited !== undefined ? { edited } : {}),
    ...(gone === undefined && marks !== undefined ? { marks } : {}),
  };
}
