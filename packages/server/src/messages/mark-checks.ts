import { type Content, limits, StoaError } from '@stoa/protocol';
import type { StoredMark, StoredMessage } from '@stoa/storage';

/**
 * Refuses marks for which there is no room.
 *
 * @throws StoaError TOO_MANY
 */
export function requireMark({ special }: StoredMessage, uid: number, { reaction }: Content): void {
  const marks = special?.marks?.list ?? [];
  if (reaction?.on === true) requireRoom(marks, uid, reaction.emoji);
}

function requireRoom(marks: readonly StoredMark[], uid: number, emoji: string): void {
  const reactions = marks.filter(({ event }) => event === 'react');
  if (reactions.some((mark) => mark.value === emoji && mark.uid === uid)) return;
  if (reactions.length >= limits.reactionsPerMessage) {
    throw new StoaError('TOO_MANY', `A message can have ${limits.reactionsPerMessage} reactions.`);
  }
  const kinds = new Set(reactions.map(({ value }) => value));
  if (!kinds.has(emoji) && kinds.size >= limits.emojiPerMessage) {
    throw new StoaError('TOO_MANY', `A message can have ${limits.emojiPerMessage} different reactions.`);
  }
}
