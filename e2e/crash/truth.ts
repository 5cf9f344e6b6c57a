/** What the server holds: the logs of all conversations, and how far their members have got. */
export interface Truth {
  readonly conversations: readonly ConversationTruth[];
  readonly groups: readonly GroupTruth[];
  /** What users were told of messages that are not for them. */
  readonly leaked: readonly string[];
}

export interface ConversationTruth {
  /** The two sides, in alphabetical order; the same twice for notes to oneself. */
  readonly members: readonly [string, string];
  readonly messages: readonly MessageTruth[];
  readonly cursors: Readonly<Record<string, CursorTruth>>;
}

/** The log of a group. */
export interface GroupTruth {
  readonly gid: number;
  readonly messages: readonly MessageTruth[];
  /** By user: the places of all entries that are for him, ascending. */
  readonly readable: Readonly<Record<string, readonly number[]>>;
}

/** An entry of the log. */
export interface MessageTruth {
  readonly seq: number;
  readonly mid: number;
  readonly from: string;
  readonly dev: number;
  readonly id: number;
  /** Of a message: which one it is; '' for an event. */
  readonly key: string;
  /** What a message says now; null when it is gone, and for an event. */
  readonly text: string | null;
  readonly gone: string | null;
  /** Of an event: what it does to the message at place `target`. */
  readonly event: string | null;
  readonly target: number | null;
}

export interface CursorTruth {
  readonly delivered: number;
  readonly read: number;
  /** Read without letting others know; never behind `read`. */
  readonly seen: number;
}

/** The pairs of users, each with himself included, that may have a conversation. */
export function pairsOf(users: readonly string[]): [string, string][] {
  const sorted = [...users].sort();
  return sorted.flatMap((a, index) => sorted.slice(index).map((b): [string, string] => [a, b]));
}

/** For people. */
export function nameOf({ members: [a, b] }: ConversationTruth): string {
  return `${a} and ${b}`;
}
