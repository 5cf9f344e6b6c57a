import type { MessageAge } from '@stoa/protocol';
import type { ConversationRecord, LocalData, Transaction, ValueRecord } from '../store/index.ts';
import type { BlockedParts, ConversationDraft, ConversationId, ConversationMark } from '../types.ts';
import { blockedKey, contactKey, deletedKey, keyOf, meaningOf } from './value-keys.ts';

/** Where values are read: what is committed, or what a transaction sees. */
export type Values = Pick<LocalData | Transaction, 'value'>;

/** Values come from other clients, too: what does not look as it should counts as absent. */
export function draftOf(values: Values, id: ConversationId): ConversationDraft | undefined {
  const value = values.value(keyOf('draft', id))?.value;
  return isMap(value) && typeof value.text === 'string' ? { ...value, text: value.text } : undefined;
}

export function ageOf(values: Values, id: ConversationId): MessageAge | undefined {
  const value = values.value(keyOf('age', id))?.value;
  if (!isMap(value)) return undefined;
  const { seconds, from } = value;
  const isAge = isPlace(seconds) && (from === 'sent' || from === 'delivered' || from === 'read');
  return isAge ? { seconds, from } : undefined;
}

export function isMarkedUnread(values: Values, id: ConversationId): boolean {
  return values.value(keyOf('unread', id))?.value === true;
}

/** Until when no notifications are wanted, in milliseconds since 1970; 0: for good, undefined: they are wanted. */
export function mutedUntil(values: Values, id: ConversationId): number | undefined {
  const value = values.value(keyOf('muted', id))?.value;
  if (!isMap(value)) return undefined;
  return value.until === 0 || isPlace(value.until) ? value.until : undefined;
}

export function isSet(values: Values, mark: ConversationMark, id: ConversationId): boolean {
  return values.value(keyOf(mark, id))?.value === true;
}

/** Whether the user has muted the conversation, or put it anywhere else than where it is by itself. */
export function isArranged(values: Values, id: ConversationId): boolean {
  const marks = ['archived', 'favourite', 'hidden'] as const;
  return mutedUntil(values, id) !== undefined || marks.some((mark) => isSet(values, mark, id));
}

/** Everything up to this place was deleted; 0 when nothing was. */
export function clearedPlace(values: Values, id: ConversationId, conv: number): number {
  const cleared = clearedIn(values.value(keyOf('cleared', id))?.value);
  return cleared?.conv === conv ? cleared.seq : 0;
}

/** Whether the user has deleted the message at a place for himself, here or on another device. */
export function isDeleted(
  values: Values,
  { id, conv, clearedAt = 0 }: ConversationRecord,
  seq: number,
): boolean {
  const value = values.value(deletedKey(id, seq))?.value;
  return seq <= clearedAt || (isMap(value) && value.conv === conv);
}

/** What is kept from this user; undefined when nothing is. */
export function blockedPartsOf(values: Values, address: string): BlockedParts | undefined {
  const value = values.value(blockedKey(address))?.value;
  if (!isMap(value) || typeof value.messages !== 'boolean') return undefined;
  const { messages } = value;
  const part = (name: string): boolean => (typeof value[name] === 'boolean' ? value[name] : messages);
  const groups = value.groups === true;
  return { messages, calls: part('calls'), presence: part('presence'), profile: part('profile'), groups };
}

/** Whether messages of this user are refused. */
export function isBlocked(values: Values, address: string): boolean {
  const value = values.value(blockedKey(address))?.value;
  return isMap(value) && value.messages === true;
}

export function blockedAddresses(values: Iterable<ValueRecord>): string[] {
  return [...values].flatMap(({ key, value }) => {
    const meaning = meaningOf(key);
    return meaning?.kind === 'blocked' && isMap(value) && value.messages === true ? [meaning.address] : [];
  });
}

export function contactAddresses(values: Iterable<ValueRecord>): string[] {
  return [...values].flatMap(({ key, value }) => {
    const meaning = meaningOf(key);
    return meaning?.kind === 'contact' && isMap(value) ? [meaning.address] : [];
  });
}

/** The access levels that a contact has. */
export function contactLevels(values: Values, address: string): number[] {
  const value = values.value(contactKey(address))?.value;
  const levels: unknown = isMap(value) ? value.levels : undefined;
  return Array.isArray(levels) ? levels.filter(isPlace) : [];
}

export function clearedIn(value: unknown): { conv: number; seq: number } | undefined {
  if (!isMap(value)) return undefined;
  const { conv, seq } = value;
  return isPlace(conv) && isPlace(seq) ? { conv, seq } : undefined;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPlace(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
