import type { Conversation, MessageLog, StoredMessage } from '@stoa/storage';

/** A message that was looked at; its content is not kept. */
export interface Seen {
  readonly conversation: Conversation;
  readonly mid: number;
  readonly seq: number;
  readonly bytes: number;
  readonly matches: boolean;
}

export interface NewestFirstOptions {
  readonly log: Pick<MessageLog, 'read'>;
  /** The conversations, the one with the newest message first. */
  readonly conversations: AsyncIterator<Conversation>;
  /** Only messages with smaller ids. */
  readonly before: number;
  readonly matches: (message: StoredMessage) => boolean;
}

interface Source {
  readonly conversation: Conversation;
  /** Read and not handed out yet, the newest last; never empty. */
  readonly read: (Seen & { readonly ts: number })[];
  readonly isAtEnd: boolean;
}

/**
 * The messages of several conversations, one after the other, the newest first. A conversation is opened only when its
 * newest message may be the next one, and read in pages that begin small: most are opened for little.
 */
export class NewestFirst {
  readonly #options: NewestFirstOptions;
  readonly #open = new Map<number, Source>();
  /** The next conversation to open; undefined when there is no other, or nobody has looked yet. */
  #next: Conversation | undefined;
  #begun = false;

  constructor(options: NewestFirstOptions) {
    this.#options = options;
  }

  /** The next message; undefined when there is no other. */
  async next(): Promise<Seen | undefined> {
    if (!this.#begun) {
      this.#begun = true;
      await this.#look();
    }
    let newest = this.#newest();
    while (this.#next !== undefined && (newest === undefined || this.#mayBeNewer(this.#next, newest))) {
      await this.#read(this.#next, this.#options.before, firstPage);
      await this.#look();
      newest = this.#newest();
    }
    const seen = newest?.read.pop();
    if (newest === undefined || seen === undefined) return undefined;
    if (newest.read.length === 0) {
      this.#open.delete(newest.conversation.conv);
      if (!newest.isAtEnd) await this.#read(newest.conversation, seen.mid, nextPages);
    }
    return seen;
  }

  #newest(): Source | undefined {
    let newest: Source | undefined;
    for (const source of this.#open.values()) {
      if (newest === undefined || midOf(source) > midOf(newest)) newest = source;
    }
    return newest;
  }

  /** Ids are given in the order of time, and times by clocks of several nodes. */
  #mayBeNewer({ lastAt }: Conversation, { read }: Source): boolean {
    return lastAt >= (read.at(-1)?.ts ?? 0) - clockToleranceMs;
  }

  async #look(): Promise<void> {
    const { done, value } = await this.#options.conversations.next();
    this.#next = done === true ? undefined : value;
  }

  async #read(conversation: Conversation, beforeMid: number, limit: number): Promise<void> {
    const { log, matches } = this.#options;
    const messages = await log.read(conversation.conv, { beforeMid, limit });
    if (messages.length === 0) return;
    const read = messages.map((message) => ({
      conversation,
      mid: message.mid,
      seq: message.seq,
      ts: message.ts,
      bytes: message.content?.length ?? 0,
      matches: matches(message),
    }));
    this.#open.set(conversation.conv, { conversation, read, isAtEnd: messages.length < limit });
  }
}

const midOf = ({ read }: Source): number => read.at(-1)?.mid ?? 0;

const firstPage = 2;
const nextPages = 32;
const clockToleranceMs = 60_000;
