import type { LocalMessage } from '@stoa/client';

/** Messages of a conversation in ascending order, each once. */
export type MessageWindow = readonly LocalMessage[];

/** Names a message from the moment it is written: its id here, or the server's. */
export function messageKey({ id, mid, order }: LocalMessage): string {
  if (id !== 0) return `own-${id}`;
  return mid === 0 ? `order-${order}` : `mid-${mid}`;
}

/** Adds messages, or replaces them with their newer form. */
export function withMessages(window: MessageWindow, added: readonly LocalMessage[]): MessageWindow {
  const byKey = new Map(window.map((message) => [messageKey(message), message]));
  for (const message of added) byKey.set(messageKey(message), message);
  return [...byKey.values()].sort((a, b) => a.order - b.order);
}

/** Replaces a message that has changed; unchanged when it is not in the window. */
export function withUpdate(
  window: MessageWindow,
  message: LocalMessage,
  before: LocalMessage,
): MessageWindow {
  const key = messageKey(before);
  const index = window.findIndex((candidate) => messageKey(candidate) === key);
  if (index < 0) return window;
  const rest = window.toSpliced(index, 1);
  return withMessages(rest, [message]);
}

/**
 * How many of the messages answer which others, by mid. Answers come later than what they answer: of a message in the window,
 * all of them are in it.
 */
export function answersIn(messages: MessageWindow): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const { ref, gone } of messages) {
    if (ref !== undefined && gone === undefined) counts.set(ref, (counts.get(ref) ?? 0) + 1);
  }
  return counts;
}
