import { type SharedOfConversation, targetOf } from '../conversations/index.ts';
import type { ConversationId } from '../types.ts';
import { ageOf, draftOf, isBlocked, isMarkedUnread, isSet, mutedUntil, type Values } from './known-values.ts';

/** What the user's devices share about a conversation, as the application sees it. */
export function sharedOf(values: Values, id: ConversationId): SharedOfConversation {
  const target = targetOf(id);
  const [draft, age, muted] = [draftOf(values, id), ageOf(values, id), mutedUntil(values, id)];
  return {
    markedUnread: isMarkedUnread(values, id),
    archived: isSet(values, 'archived', id),
    favourite: isSet(values, 'favourite', id),
    hidden: isSet(values, 'hidden', id),
    ...(muted === undefined ? {} : { mutedUntil: muted }),
    blocked: 'peer' in target && isBlocked(values, target.peer),
    ...(draft === undefined ? {} : { draft }),
    ...(age === undefined ? {} : { age }),
  };
}
