/**
 * The first order that belongs to the outbox: messages that wait there come after all others (see
 * LocalMessage.order). Places in a conversation and ids of sends stay far below it.
 */
export const firstOutboxOrder = 2 ** 52;

/** Orders below the outbox are multiples of this. */
const smallestStep = 2 ** -21;
const fractions = 2 ** 20;

/** In the outbox messages are in the order of their ids. */
export function outboxOrder(id: number): number {
  return firstOutboxOrder + id;
}

/**
 * For a message without a place of its own (failed or transient): behind place `last` and before the next one, in
 * the order of `id` (send id or mid).
 */
export function orderBehind(last: number, id: number): number {
  return last + ((id % fractions) + 1) * smallestStep;
}

/** The smallest order after `order`, for naming a single message by a range. */
export function nextOrder(order: number): number {
  return order + (order < firstOutboxOrder ? smallestStep : 1);
}
