import { type Content, limits, type MessageEvent, StoaError, unpackValue } from '@stoa/protocol';
import type { StoredMark, StoredMessage } from '@stoa/storage';

/**
 * Refuses marks that the message cannot have.
 *
 * @param said what the event says
 * @throws StoaError LIMIT_REACHED, NOT_FOUND, PERMISSION_DENIED, TOO_LATE or BAD_REQUEST
 */
export function requireMark(message: StoredMessage, uid: number, event: MessageEvent, said: Content): void {
  const marks = message.special?.marks?.list ?? [];
  if (said.reaction?.on === true) requireRoom(marks, uid, said.reaction.emoji);
  if (said.vote !== undefined) requireVote(message, marks, said.vote.options);
  if (event === 'close') {
    requirePoll(message);
    if (message.sender !== uid) {
      throw new StoaError('PERMISSION_DENIED', 'Only who has asked may close a poll.');
    }
  }
}

/** The poll that a message is; undefined when it is none. */
export function pollOf({ content }: StoredMessage): Content['poll'] {
  return content === null ? undefined : (unpackValue(content) as Content).poll;
}

function requirePoll(message: StoredMessage): NonNullable<Content['poll']> {
  const poll = pollOf(message);
  if (poll === undefined) throw new StoaError('NOT_FOUND', `The message at place ${message.seq} is no poll.`);
  return poll;
}

function requireVote(message: StoredMessage, marks: readonly StoredMark[], voted: readonly number[]): void {
  const { options, multiple = false } = requirePoll(message);
  if (marks.some(({ event }) => event === 'close')) throw new StoaError('TOO_LATE', 'The poll is closed.');
  if (voted.some((option) => option >= options.length)) {
    throw new StoaError('BAD_REQUEST', `The poll has ${options.length} options.`);
  }
  if (voted.length > 1 && !multiple) {
    throw new StoaError('BAD_REQUEST', 'In this poll one can vote for one option.');
  }
}

function requireRoom(marks: readonly StoredMark[], uid: number, emoji: string): void {
  const reactions = marks.filter(({ event }) => event === 'react');
  if (reactions.some((mark) => mark.value === emoji && mark.uid === uid)) return;
  if (reactions.length >= limits.reactionsPerMessage) {
    throw new StoaError('LIMIT_REACHED', `A message can have ${limits.reactionsPerMessage} reactions.`);
  }
  const kinds = new Set(reactions.map(({ value }) => value));
  if (!kinds.has(emoji) && kinds.size >= limits.emojiPerMessage) {
    throw new StoaError('LIMIT_REACHED', `A message can have ${limits.emojiPerMessage} different reactions.`);
  }
}
