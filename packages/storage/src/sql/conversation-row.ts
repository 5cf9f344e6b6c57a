import type { Conversation } from '../store.ts';

/** Of a table `conversations` that the statement calls `c`. */
export const conversationColumns = 'c.conv, c.aid, c.a, c.b, c.gid, c.last, c.last_at as "lastAt"';

/** A pair has `a` and `b`, a group has `gid`. */
export interface ConversationRow {
  readonly conv: number;
  readonly aid: number;
  readonly a: number | null;
  readonly b: number | null;
  readonly gid: number | null;
  readonly last: number;
  readonly lastAt: number;
}

export function toConversation({ conv, aid, a, b, gid, last, lastAt }: ConversationRow): Conversation {
  if (gid !== null) return { conv, key: { kind: 'group', aid, gid }, last, lastAt };
  return { conv, key: { kind: 'pair', aid, a: a ?? 0, b: b ?? 0 }, last, lastAt };
}
