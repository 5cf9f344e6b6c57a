import type { LocalConversation } from '@stoa/client';

/** Whether the user wants no notifications of this chat. */
export function isMuted(
  conversation: Pick<LocalConversation, 'mutedUntil'> | undefined,
  now: number,
): boolean {
  const until = conversation?.mutedUntil;
  return until !== undefined && (until === 0 || until > now);
}

/** Unread messages that make themselves heard: those of muted chats are for whoever looks there. */
export function unreadOf(list: readonly LocalConversation[], now: number): number {
  return list.reduce((sum, chat) => sum + (isMuted(chat, now) ? 0 : chat.unread), 0);
}

export interface ArrangedChats {
  /** Those at the top first. */
  readonly chats: readonly LocalConversation[];
  readonly archived: readonly LocalConversation[];
}

/** Where chats are shown; their order stays as it is otherwise. */
export function arranged(list: readonly LocalConversation[]): ArrangedChats {
  const shown = list.filter(
    ({ hidden, latest, draft, favourite, target, left }) =>
      !hidden && (latest !== undefined || draft !== undefined || favourite || ('gid' in target && !left)),
  );
  const chats = shown.filter(({ archived }) => !archived);
  return {
    chats: [...chats.filter(({ favourite }) => favourite), ...chats.filter(({ favourite }) => !favourite)],
    archived: shown.filter(({ archived }) => archived),
  };
}
