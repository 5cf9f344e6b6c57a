import type { ConversationFrame, MessageFrame } from '@stoa/protocol';
import { startOfTime } from './scripted-server.ts';

/** A message of bob to alice, in conversation 5, unless it says otherwise. */
export function messageFrame(seq: number, more: Partial<MessageFrame> = {}): MessageFrame {
  return {
    t: 'message',
    conv: 5,
    seq,
    mid: 1_000 + seq,
    from: 'bob',
    to: 'alice',
    ts: startOfTime + seq,
    type: 0,
    flags: 3,
    localId: seq,
    dev: 9,
    id: seq,
    content: { text: `m${seq}` },
    ...more,
  };
}

/** The state of alice's conversation with bob. */
export function conversationFrame(last: number, more: Partial<ConversationFrame> = {}): ConversationFrame {
  return { t: 'conversation', conv: 5, peer: 'bob', name: 'Bob', last, from: 0, read: 0, ...more };
}
