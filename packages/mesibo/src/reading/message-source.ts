import { type Client, type LocalMessage, type Target, targetOf } from '@stoa/client';

/** Messages read in one go where their number is not given. */
export const pageSize = 100;

/**
 * Hands out stored messages batch by batch. It keeps places and no messages: what is handed out is as the store has
 * it at that moment.
 */
export interface MessageSource {
  /** The next messages, at most `count`; fewer only when there are no more. */
  next(count: number): Promise<LocalMessage[]>;
  /** The next call of next() goes on after this message; undefined: from the beginning. */
  goBackTo(message: LocalMessage | undefined): void;
}

/** Messages of one conversation, newest first. */
export class NewestFirst implements MessageSource {
  private readonly client: Client;
  private readonly target: Target;
  private before: number | undefined;

  constructor(client: Client, target: Target) {
    this.client = client;
    this.target = target;
  }

  async next(count: number): Promise<LocalMessage[]> {
    const { before } = this;
    const page = before === undefined ? { limit: count } : { before, limit: count };
    const messages = await this.client.messages(this.target, page);
    this.before = messages.at(-1)?.order ?? before;
    return messages;
  }

  goBackTo(message: LocalMessage | undefined): void {
    this.before = message?.order;
  }
}

/** Messages of one conversation, oldest first. The store reads backwards, so the first call looks for the oldest. */
export class OldestFirst implements MessageSource {
  private readonly client: Client;
  private readonly target: Target;
  private orders: number[] | undefined;
  private handedOut = 0;

  constructor(client: Client, target: Target) {
    this.client = client;
    this.target = target;
  }

  async next(count: number): Promise<LocalMessage[]> {
    const { client, target } = this;
    this.orders ??= (await all(new NewestFirst(client, target))).map(({ order }) => order).reverse();
    const start = this.handedOut;
    const end = Math.min(start + count, this.orders.length);
    this.handedOut = end;
    if (start === end) return [];
    const before = this.orders[end];
    const page = before === undefined ? { limit: end - start } : { before, limit: end - start };
    return (await client.messages(target, page)).reverse();
  }

  goBackTo(message: LocalMessage | undefined): void {
    this.handedOut = message === undefined ? 0 : (this.orders?.indexOf(message.order) ?? -1) + 1;
  }
}

/** Only the messages that match. */
export class Filtered implements MessageSource {
  private readonly source: MessageSource;
  private readonly matches: (message: LocalMessage) => boolean;
  private readonly atLeast: number;

  /** @param atLeast messages to look at in one go: many where few match. */
  constructor(source: MessageSource, matches: (message: LocalMessage) => boolean, atLeast: number) {
    this.source = source;
    this.matches = matches;
    this.atLeast = atLeast;
  }

  async next(count: number): Promise<LocalMessage[]> {
    const found: LocalMessage[] = [];
    for (;;) {
      const size = Math.max(count - found.length, this.atLeast);
      const page = await this.source.next(size);
      found.push(...page.filter(this.matches));
      if (found.length > count) {
        found.length = count;
        this.source.goBackTo(found.at(-1));
      }
      if (found.length === count || page.length < size) return found;
    }
  }

  goBackTo(message: LocalMessage | undefined): void {
    this.source.goBackTo(message);
  }
}

/** Messages of several conversations together, in the order of time that their sources have. */
export class Merged {
  private readonly parts: { readonly source: MessageSource; last: LocalMessage | undefined }[];
  private readonly direction: 1 | -1;

  /** @param direction -1: newest first. */
  constructor(sources: readonly MessageSource[], direction: 1 | -1) {
    this.parts = sources.map((source) => ({ source, last: undefined }));
    this.direction = direction;
  }

  async next(count: number): Promise<LocalMessage[]> {
    const heads = await Promise.all(
      this.parts.map(async (part) => (await part.source.next(count)).map((message) => ({ message, part }))),
    );
    const merged = heads.flat().sort((a, b) => this.direction * (a.message.ts - b.message.ts));
    const batch = merged.slice(0, count);
    for (const { message, part } of batch) part.last = message;
    for (const { source, last } of this.parts) source.goBackTo(last);
    return batch.map(({ message }) => message);
  }
}

/** Everything that a source has. */
export async function all(source: MessageSource): Promise<LocalMessage[]> {
  const messages: LocalMessage[] = [];
  for (;;) {
    const page = await source.next(pageSize);
    messages.push(...page);
    if (page.length < pageSize) return messages;
  }
}

/** Targets of all conversations on this device. */
export async function allTargets(client: Client): Promise<Target[]> {
  return (await client.conversations()).map((conversation) => targetOf(conversation.id));
}
