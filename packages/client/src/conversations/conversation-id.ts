import type { ConversationId, Target } from '../types.ts';

/**
 * Key of the conversation with a user or a group.
 *
 * @example
 * conversationId({ peer: 'alice' }); // 'u:alice'
 * conversationId({ gid: 7 }); // 'g:7'
 */
export function conversationId(target: Target): ConversationId {
  return 'gid' in target ? `g:${target.gid}` : `u:${target.peer}`;
}

/** The other way round. */
export function targetOf(id: ConversationId): Target {
  return id.startsWith('g:') ? { gid: Number(id.slice(2)) } : { peer: id.slice(2) };
}
