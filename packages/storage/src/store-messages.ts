import type { MessageAge, MessageEvent } from '@stoa/protocol';

/** A pair of users (a = b for notes to oneself; order does not matter) or a group. */
export type ConversationKey =
  | { readonly kind: 'pair'; readonly aid: number; readonly a: number; readonly b: number }
  | { readonly kind: 'group'; readonly aid: number; readonly gid: number };

/** Why only the place of a message is left. */
export type GoneReason = 'expired' | 'recalled' | 'disappeared' | 'erased';

export interface NewMessage {
  readonly conversation: ConversationKey;
  /** uid of the sender. */
  readonly sender: number;
  /** Device number; 0 when sent by the back end. */
  readonly dev: number;
  /** Idempotency key within (sender, dev); null when the caller wants none. */
  readonly id: number | null;
  readonly ts: number;
  readonly type: number;
  readonly flags: number;
  readonly localId: number;
  /** Null when it answers no message. */
  readonly ref: number | null;
  /** 0 when it never expires. */
  readonly expiresAt: number;
  /** Encoded by the caller; the store does not look into it. */
  readonly content: Uint8Array;
  /** Absent for a message; otherwise what the entry changes, and at which place. */
  readonly change?: {
    readonly event: MessageEvent;
    readonly target: number;
    /** Of an event that puts something on its target instead of changing what that says. */
    readonly mark?: MarkChange;
  };
  /** Absent when the message does not disappear. */
  readonly age?: MessageAge;
  /** Notes for webhooks that it happened, in the same step (see WebhookNote). */
  readonly noted?: true;
}

/** What an event does to the marks of its kind on its target: first it takes some away, then it adds others. */
export interface MarkChange {
  /** Those of its sender or of anybody; only those with this value, or all. Null: none. */
  readonly removes: { readonly of: 'sender' | 'anybody'; readonly value?: string } | null;
  /** Values without commas, of the sender. Those that are there stay as they are. */
  readonly adds: readonly string[];
  /** Nothing is done, not even noted, once the target has a mark by this event. */
  readonly unless?: MarkEvent;
}

/**
 * Something that a user has put on a message by an event: a reaction (`value`: the emoji), a vote (place of the option),
 * a pin or the end of a poll (empty).
 */
export interface StoredMark {
  readonly event: MarkEvent;
  readonly uid: number;
  readonly ts: number;
  readonly value: string;
}

export type MarkEvent = Exclude<MessageEvent, 'edit' | 'recall'>;

/** An entry of the log as it is now. */
export interface StoredMessage extends Omit<NewMessage, 'conversation' | 'content' | 'change' | 'age'> {
  readonly mid: number;
  /** Id of the conversation. */
  readonly conv: number;
  readonly seq: number;
  /**
   * Null when it is gone. The content of an edit is kept once, with its target: of the edit itself, content and `gone`
   * are those that its target has now.
   */
  readonly content: Uint8Array | null;
  /** Null for a message of which there is nothing more to say: most of them. */
  readonly special: MessageSpecial | null;
}

export interface MessageSpecial {
  /** Null for a message. */
  readonly event: MessageEvent | null;
  readonly target: number | null;
  readonly age: MessageAge | null;
  /** When it disappears; null when it does not, or its age does not count yet. */
  readonly dueAt: number | null;
  /** When the content was last changed by an edit; null when never. */
  readonly editedAt: number | null;
  /** Null while it has its content. Of what is gone, age and editing are forgotten. */
  readonly gone: GoneReason | null;
  /**
   * What is on the message, in the order in which it was put there; null when there never was anything. Of an event
   * that marks: what is on its target. `upto`: place of the latest event that counts.
   */
  readonly marks: { readonly upto: number; readonly list: readonly StoredMark[] } | null;
}

export interface Appended {
  readonly mid: number;
  readonly conv: number;
  readonly seq: number;
  /** Time of the first append, when this one repeats it. */
  readonly ts: number;
  /** True when (sender, dev, id) was appended before: nothing was added. */
  readonly duplicate: boolean;
  /** Of the group when it was appended, see Group; 0 in a pair, and for a duplicate. */
  readonly epoch: number;
  /**
   * Whose turn it was, see Receivers; 0 when it was nobody's, and for a change of a message, which is for those who have
   * the message. Absent where there are no turns, and for a duplicate.
   */
  readonly receiver?: number;
}

export interface Conversation {
  readonly conv: number;
  readonly key: ConversationKey;
  /** Place of the newest message; 0 when there is none. */
  readonly last: number;
  readonly lastAt: number;
}

/** Messages of one conversation, up to `limit`: the first ones after a place, or the last ones before one. */
export type LogRange =
  | { readonly after: number; readonly limit: number }
  | { readonly before: number; readonly limit: number }
  /** The last ones with a smaller mid. */
  | { readonly beforeMid: number; readonly limit: number };

export interface MessageLog {
  /**
   * Appends and makes the conversation if needed. Concurrent appends share one commit and one sync.
   *
   * In the same transaction, an edit gives its target the new content, a recall empties it, and other events change
   * what is on it, as `mark` says. Marks go with the content. They have no effect on
   * what is gone, on other events, and outside of the conversation; the entry is appended all the same.
   */
  append(message: NewMessage): Promise<Appended>;
  /** Ascending by seq. */
  read(conv: number, range: LogRange): Promise<StoredMessage[]>;
  find(mid: number): Promise<StoredMessage | undefined>;
  /** What was appended with this idempotency key. */
  findSend(send: { sender: number; dev: number; id: number }): Promise<StoredMessage | undefined>;
  /** Messages of a conversation that somebody has pinned, in the order in which they were, at most `limit`. */
  pinned(conv: number, limit: number): Promise<StoredMessage[]>;
  /** Messages of a conversation that answer `ref`, also what is left of them; those with smaller ids, newest first. */
  answers(answers: { conv: number; ref: number; before: number; limit: number }): Promise<StoredMessage[]>;
  /** How many answers are not gone; of a group's log, `readableBy` counts those that this user may read. */
  countAnswers(answers: { conv: number; ref: number; readableBy?: number }): Promise<number>;
  conversation(conv: number): Promise<Conversation | undefined>;
  findConversation(key: ConversationKey): Promise<Conversation | undefined>;
  /**
   * Removes the content of messages that expired before `now` and were not delivered, and of those that were to
   * disappear until then, at most `limit`; number removed, 0 when none is left. Delivered means to another member than
   * the sender; of notes to oneself, to any device.
   *
   * A message disappears `age` seconds after `ts`, or after the delivered or read cursor of another member than the
   * sender (in notes to oneself, the own one) first covered it.
   */
  sweep(now: number, limit: number): Promise<number>;
  /**
   * Removes the content of messages of an app with a `ts` before `before` (`gone`: erased), oldest first. Looks at
   * `limit` messages at most and goes on behind them the next time; resolves to 0 when none is left.
   */
  sweepOlder(older: { aid: number; before: number; limit: number }): Promise<number>;
}
