import { targetOf } from '../conversations/index.ts';
import type { ConversationId, LocalConversation } from '../types.ts';
import { ageOf, draftOf, isBlocked, isMarkedUnread, type Values } from './known-values.ts';

/** What the user's devices share about a conversation, as the application sees it. */
export function sharedOf(
  values: Values,
  id: ConversationId,
): Pick<LocalConversation, 'draft' | 'blocked' | 'markedUnread' | 'age'> {
  const target = targetOf(id);
  const [draft, age] = [draftOf(values, id), ageOf(values, id)];
  return {
    markedUnread: isMarkedUnread(values, id),
    blocked: 'peer' in target && isBlocked(values, target.peer),
    ...(draft === undefined ? {} : { draft }),
    ...(age === undefined ? {} : { age }),
  };
}
