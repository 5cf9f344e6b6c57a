import type { ConversationId, ConversationRecord, MessageRecord } from '@stoa/client';
import { keyOf, wordOf } from './naming.ts';

/** What a device did, in the order in which it did it; it is known to the test before the device goes on. */
export type Observation =
  /** A life of the device began; these conversations were in its store. */
  | { readonly what: 'opened'; readonly conversations: readonly StoredConversation[] }
  /** A message is in the store, to be sent: from now on it must not be lost. Again when it is edited before. */
  | {
      readonly what: 'kept';
      readonly conversation: ConversationId;
      readonly key: string;
      readonly text: string | null;
    }
  /** A message that was never sent was taken back: it must not be sent any more. */
  | { readonly what: 'dropped'; readonly key: string }
  /** An edit (with its new text) or a recall (without) is in the store, to be sent. */
  | {
      readonly what: 'changed';
      readonly conversation: ConversationId;
      /** Key of the message, or its place once it has one. */
      readonly target: string | number;
      readonly text: string | null;
    }
  /** What a transaction made of a conversation. It is committed, and the server has not been told of it. */
  | { readonly what: 'stored'; readonly conversation: StoredConversation }
  /** The application was told that the server has stored what this device sent. */
  | {
      readonly what: 'acknowledged';
      readonly conversation: ConversationId;
      readonly key: string;
      readonly seq: number;
      readonly mid: number;
    }
  /** The application was told of a message of somebody else, or of another device of the user. */
  | {
      readonly what: 'announced';
      readonly conversation: ConversationId;
      readonly key: string;
      readonly seq: number;
      readonly mid: number;
    }
  /** The server refused a message for good. */
  | {
      readonly what: 'failed';
      readonly conversation: ConversationId;
      readonly key: string;
      readonly code: string;
    }
  /** The device was killed: it may have stored something that it had no time to announce. */
  | { readonly what: 'crashed' };

/** The part of a stored conversation that the model judges. */
export interface StoredConversation {
  readonly id: ConversationId;
  /** First and last place of the unbroken run of the newest messages. */
  readonly first: number;
  readonly last: number;
  /** How far the user has read, and how far he has let others know. */
  readonly read: number;
  readonly readWithReceipt: number;
  /** How far the other side has received and read, as this device was told. */
  readonly peerDelivered: number;
  readonly peerRead: number;
}

export function storedConversation(record: ConversationRecord): StoredConversation {
  const { id, runs, read, readWithReceipt, peerCursor } = record;
  const newest = runs.at(-1);
  return {
    id,
    first: newest?.start ?? 1,
    last: newest?.end ?? 0,
    read,
    readWithReceipt,
    peerDelivered: peerCursor.delivered,
    peerRead: peerCursor.read,
  };
}

/** What it means that this record is in the outbox. */
export function keptRecord(record: MessageRecord): Observation[] {
  const { conversation, localId, content, event, target, revision } = record;
  if (event !== undefined) {
    const text = event === 'edit' ? wordOf(content) : null;
    return [{ what: 'changed', conversation, target: target ?? 0, text }];
  }
  const key = keyOf(localId);
  const kept: Observation = { what: 'kept', conversation, key, text: wordOf(content) };
  if (revision === undefined) return [kept];
  const text = revision.event === 'edit' ? wordOf(revision.content) : null;
  return [kept, { what: 'changed', conversation, target: key, text }];
}
