import type { MessageAge, MessageEvent } from '@stoa/protocol';
import type { GoneReason, MessageSpecial, StoredMark } from '../store.ts';

/** The numbers that stand in the database for words of the Store interface. */

/**
 * Column `state` of a message, which is null for most: it has a row in `message_extras`, or why it is gone. (A message
 * without content and state has expired.)
 */
export const messageStates = { extra: 0, recalled: 1, disappeared: 2, erased: 3 } as const;

const reasons: readonly (GoneReason | null)[] = [null, 'recalled', 'disappeared', 'erased'];

/** Of a message without content; null for state `extra`. */
export function goneReasonOf(state: number | null): GoneReason | null {
  return state === null ? 'expired' : (reasons[state] ?? null);
}

/** Those above `recall` put marks on their target, and are kept with these too. */
export const eventNumbers = {
  edit: 1,
  recall: 2,
  react: 3,
  pin: 4,
  vote: 5,
  close: 6,
} as const satisfies Record<MessageEvent, number>;

const events: readonly (MessageEvent | null)[] = [null, 'edit', 'recall', 'react', 'pin', 'vote', 'close'];

export const eventOf = (number: number): MessageEvent | null => events[number] ?? null;

export const ageNumbers = { sent: 0, delivered: 1, read: 2 } as const satisfies Record<
  MessageAge['from'],
  number
>;

const ageStarts: readonly MessageAge['from'][] = ['sent', 'delivered', 'read'];

/** Null when there is none, which is kept as 0 seconds. */
export function ageOf(seconds: number, from: number): MessageAge | null {
  return seconds === 0 ? null : { seconds, from: ageStarts[from] ?? 'sent' };
}

/** Of the text that selectMarks of message-rows.ts gives: `upto;event uid ts value,event uid ts value…`. */
export function marksOf(text: string | null): MessageSpecial['marks'] {
  if (text === null) return null;
  const [upto, list = ''] = text.split(';');
  const marks = list === '' ? [] : list.split(',').flatMap((mark) => markOf(mark.split(' ')) ?? []);
  return { upto: Number(upto), list: marks };
}

function markOf([number, uid, ts, value = '']: readonly string[]): StoredMark | undefined {
  const event = eventOf(Number(number));
  if (event === null || event === 'edit' || event === 'recall') return undefined;
  return { event, uid: Number(uid), ts: Number(ts), value };
}
