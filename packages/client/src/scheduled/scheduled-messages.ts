import type { OperationResponse } from '@stoa/protocol';
import type { ServerClock } from '../clock.ts';
import type { Link } from '../connection/index.ts';
import { targetOf } from '../conversations/index.ts';
import type { Events } from '../events.ts';
import type { Requests } from '../requests/index.ts';
import { firstOutboxOrder, type LocalData, type MessageRecord } from '../store/index.ts';
import type { ScheduledMessage, Self } from '../types.ts';

/** The outbox, as scheduling sees it. */
interface WaitingSends {
  /** Takes a message back that never went out. Otherwise resolves to false, when the server has answered it. */
  withdraw(id: number): Promise<boolean>;
}

export interface ScheduledMessagesOptions {
  readonly data: LocalData;
  readonly link: Link;
  readonly requests: Requests;
  readonly outbox: WaitingSends;
  readonly serverClock: ServerClock;
  readonly events: Events;
  readonly self: () => Self | undefined;
}

type Listed = OperationResponse<'scheduled.list'>['messages'][number];

/**
 * Messages that wait for their time: with the server, or still in the outbox. They belong to no conversation before
 * they are sent; the records of this device only stand in for the server's list without a connection.
 */
export class ScheduledMessages {
  readonly #options: ScheduledMessagesOptions;

  constructor(options: ScheduledMessagesOptions) {
    this.#options = options;
  }

  /** Those of all devices with a connection, else those of this one. The next one first. */
  async list(): Promise<ScheduledMessage[]> {
    const { link } = this.#options;
    if (!link.online) return (await this.#kept()).map((record) => this.#shown(record)).sort(byTime);
    const messages = await this.#listed();
    const kept = await this.#kept();
    const waiting = kept.filter(({ pending }) => pending !== undefined && !this.#isIn(messages, pending));
    await this.#forget(kept.filter((record) => this.#isCancelled(record, messages)));
    return [...messages.map(shownOfServer), ...waiting.map((record) => this.#shown(record))].sort(byTime);
  }

  /** Rejects with StoaError NOT_FOUND when it was sent or cancelled already. */
  async cancel({ dev, id }: Pick<ScheduledMessage, 'dev' | 'id'>): Promise<void> {
    const { requests, outbox, self } = this.#options;
    const isOwn = dev === 0 || dev === self()?.dev;
    const record = isOwn ? (await this.#kept()).find((one) => one.id === id) : undefined;
    if (record?.pending !== undefined && (await outbox.withdraw(id))) return;
    await requests.ask('scheduled.cancel', { dev, id });
    if (record === undefined) this.#options.events.emit('scheduled');
    else await this.#forget([record]);
  }

  /** What waits on the server, page by page. */
  async #listed(): Promise<Listed[]> {
    const { requests } = this.#options;
    const listed: Listed[] = [];
    let cursor: string | undefined;
    do {
      const page = await requests.ask('scheduled.list', cursor === undefined ? {} : { cursor });
      listed.push(...page.messages);
      cursor = page.cursor;
    } while (cursor !== undefined);
    return listed;
  }

  /** What this device has scheduled. */
  #kept(): Promise<MessageRecord[]> {
    const { data } = this.#options;
    return data.read(async (store) => {
      const found: MessageRecord[] = [];
      for (const { id } of data.conversations()) {
        const waiting = await store.messages(id, { from: firstOutboxOrder, limit: mostWaiting });
        found.push(...waiting.filter(({ scheduledAt }) => scheduledAt !== undefined));
      }
      return found;
    });
  }

  /** The server had it and has it no more, and it cannot be on its way. */
  #isCancelled({ pending, id, scheduledAt = 0 }: MessageRecord, messages: readonly Listed[]): boolean {
    if (pending !== undefined || this.#isIn(messages, id)) return false;
    const now = this.#options.serverClock.now();
    return scheduledAt > now || scheduledAt < now - onItsWayMs;
  }

  #isIn(messages: readonly Listed[], id: number): boolean {
    const dev = this.#options.self()?.dev;
    return messages.some((message) => message.dev === dev && message.id === id);
  }

  async #forget(records: readonly MessageRecord[]): Promise<void> {
    const { data, events } = this.#options;
    if (records.length === 0) return;
    await data.transact((transaction) => {
      for (const { conversation, order } of records) transaction.removeMessage(conversation, order);
      transaction.afterwards(() => events.emit('scheduled'));
    });
  }

  #shown({ conversation, id, content = {}, scheduledAt = 0, pending }: MessageRecord): ScheduledMessage {
    return {
      target: targetOf(conversation),
      dev: this.#options.self()?.dev ?? 0,
      id,
      at: scheduledAt,
      content,
      status: pending === undefined ? 'scheduled' : 'outbox',
    };
  }
}

function shownOfServer({ dev, id, at, peer, gid, content }: Listed): ScheduledMessage {
  const target = gid === undefined ? { peer: peer ?? '' } : { gid };
  // Contents are checked when they are handed in.
  return { target, dev, id, at, content: content as ScheduledMessage['content'], status: 'scheduled' };
}

function byTime(a: ScheduledMessage, b: ScheduledMessage): number {
  return a.at - b.at;
}

const mostWaiting = 10_000;
/** A message whose time has come is streamed within this time, or was not sent. */
const onItsWayMs = 60_000;
