import type { ConversationRecord } from '../store/index.ts';
import type { LocalConversation, LocalMessage } from '../types.ts';
import { targetOf } from './conversation-id.ts';
import { unreadMentionsOf, unreadOf } from './conversation-record.ts';

/** What the user's devices share about a conversation. */
export type SharedOfConversation = Omit<
  LocalConversation,
  'id' | 'target' | 'name' | 'latest' | 'unread' | 'unreadMentions' | 'left' | 'peerCursor'
>;

/** What the application sees of a conversation. `shared`: what the user's devices share about it. */
export function localConversation(
  record: ConversationRecord,
  latest: LocalMessage | undefined,
  shared: SharedOfConversation,
): LocalConversation {
  const { id, name, left, peerCursor } = record;
  return {
    id,
    target: targetOf(id),
    name,
    ...(latest === undefined ? {} : { latest }),
    unread: unreadOf(record),
    unreadMentions: unreadMentionsOf(record),
    ...shared,
    left: left ?? false,
    peerCursor,
  };
}

/** Orders conversations by their newest message, the newest first. */
export function byNewest(a: LocalConversation, b: LocalConversation): number {
  return (b.latest?.ts ?? 0) - (a.latest?.ts ?? 0);
}
