import type { ConversationKey } from '../store.ts';

/** A text that is the same for the same conversation, whichever of a pair is named first. */
export const conversationName = (key: ConversationKey): string =>
  key.kind === 'pair'
    ? pairName(Math.min(key.a, key.b), Math.max(key.a, key.b))
    : groupName(key.aid, key.gid);

/** `a` is not greater than `b`. */
export const pairName = (a: number, b: number): string => `${a}:${b}`;
export const groupName = (aid: number, gid: number): string => `${aid}/${gid}`;
