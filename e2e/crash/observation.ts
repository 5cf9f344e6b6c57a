import type { ConversationId, ConversationRecord } from '@stoa/client';

/** What a device did, in the order in which it did it; it is known to the test before the device goes on. */
export type Observation =
  /** A life of the device began; these conversations were in its store. */
  | { readonly what: 'opened'; readonly conversations: readonly StoredConversation[] }
  /** A message is in the store, to be sent: from now on it must not be lost. */
  | { readonly what: 'kept'; readonly conversation: ConversationId; readonly text: string }
  /** What a transaction made of a conversation. It is committed, and the server has not been told of it. */
  | { readonly what: 'stored'; readonly conversation: StoredConversation }
  /** The application was told that the server has stored what this device sent. */
  | {
      readonly what: 'acknowledged';
      readonly conversation: ConversationId;
      readonly text: string;
      readonly seq: number;
      readonly mid: number;
    }
  /** The application was told of a message of somebody else, or of another device of the user. */
  | {
      readonly what: 'announced';
      readonly conversation: ConversationId;
      readonly text: string;
      readonly seq: number;
      readonly mid: number;
    }
  /** The server refused a message for good. */
  | { readonly what: 'failed'; readonly text: string; readonly code: string }
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

/** Messages of the test begin with a text that no other one has; what follows only makes them larger. */
export function keyOf(text: string | undefined): string {
  return (text ?? '').split(' ', 1)[0] ?? '';
}
