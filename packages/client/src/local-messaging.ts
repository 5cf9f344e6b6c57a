import { type Content, limits } from '@stoa/protocol';
import {
  byNewest,
  conversationId,
  firstPlace,
  isListed,
  newConversation,
  targetOf,
  unreadOf,
} from './conversations/index.ts';
import type { Core } from './core.ts';
import { findMessage } from './history/index.ts';
import { type PendingChange, type ReadOptions, shownMessages } from './messages/index.ts';
import { draftToRepeat, type SendOptions } from './outbox/index.ts';
import type { SearchOptions, SearchResult } from './search/index.ts';
import { nextOrder } from './store/index.ts';
import type {
  Changing,
  Draft,
  LocalConversation,
  LocalMessage,
  ReceiptTimes,
  ScheduledMessage,
  Sending,
  Target,
  Thread,
} from './types.ts';
import { draftOf, isArranged, isSet } from './values/index.ts';

/** What a client does with messages. What its methods promise is said in messaging-facade.ts. */
export abstract class LocalMessaging {
  readonly core: Core;

  constructor(core: Core) {
    this.core = core;
  }

  send(target: Target, draft: Draft, options?: SendOptions): Sending {
    const sending = this.core.outbox.send(target, draft, options);
    this.core.presence.messageSent(target);
    return sending;
  }

  resend(message: LocalMessage): Sending {
    return this.send(targetOf(message.conversation), draftToRepeat(message), { repeats: message });
  }

  edit(message: LocalMessage, content: Content): Changing {
    return this.core.outbox.change(message, { event: 'edit', content });
  }

  recall(message: LocalMessage): Changing {
    return this.core.outbox.change(message, { event: 'recall', content: {} });
  }

  /** Puts something on a message. */
  mark(message: LocalMessage, change: PendingChange): Changing {
    return this.core.outbox.change(message, change);
  }

  scheduled(): Promise<ScheduledMessage[]> {
    return this.core.scheduled.list();
  }

  cancelScheduled(message: Pick<ScheduledMessage, 'dev' | 'id'>): Promise<void> {
    return this.core.scheduled.cancel(message);
  }

  async receiptTimes({ conversation, seq }: LocalMessage): Promise<ReceiptTimes[]> {
    const { data, requests } = this.core;
    const conv = (await data.read(() => data.conversation(conversation)))?.conv ?? 0;
    if (conv === 0 || seq === 0) return [];
    return (await requests.ask('message.receipts', { conv, seq })).receipts;
  }

  async pinned(target: Target): Promise<LocalMessage[]> {
    const { messages } = await this.core.requests.ask('messages.pinned', target);
    return this.core.search.asHere(messages);
  }

  async thread(
    { conversation, mid }: LocalMessage,
    { before, limit = limits.searchPage }: { before?: number; limit?: number } = {},
  ): Promise<Thread> {
    const { requests, search } = this.core;
    const { messages, count, more } = await requests.ask('messages.thread', {
      ...targetOf(conversation),
      mid,
      limit: Math.min(limit, limits.searchPage),
      ...(before === undefined ? {} : { before }),
    });
    return { messages: await search.asHere(messages), count, more };
  }

  search(query: string, options: SearchOptions = {}): Promise<SearchResult> {
    return this.core.search.find(query, options);
  }

  async repliedTo({ conversation, ref }: LocalMessage): Promise<LocalMessage | undefined> {
    return ref === undefined ? undefined : this.message(targetOf(conversation), ref);
  }

  message(target: Target, mid: number): Promise<LocalMessage | undefined> {
    const { data, pages, view } = this.core;
    return findMessage({ data, requests: pages, view, self: () => this.core.self }, target, mid);
  }

  unread(): Promise<number> {
    const { data } = this.core;
    return data.read(() => [...data.conversations()].reduce((sum, record) => sum + unreadOf(record), 0));
  }

  conversations({ unlisted = false }: { unlisted?: boolean } = {}): Promise<LocalConversation[]> {
    const { data } = this.core;
    return data.read(() =>
      [...data.conversations()]
        .filter(
          (record) =>
            isListed(record) ||
            draftOf(data, record.id) !== undefined ||
            isSet(data, 'favourite', record.id) ||
            (unlisted && isArranged(data, record.id)),
        )
        .map((record) => this.core.showConversation(record))
        .sort(byNewest),
    );
  }

  conversation(target: Target): Promise<LocalConversation | undefined> {
    const { data } = this.core;
    return data.read(() => {
      const record = data.conversation(conversationId(target));
      return record === undefined ? undefined : this.core.showConversation(record);
    });
  }

  messages(target: Target, page: { before?: number; limit: number }): Promise<LocalMessage[]> {
    const { data, view } = this.core;
    const id = conversationId(target);
    return data.read(async (store) => {
      const record = data.conversation(id) ?? newConversation(id);
      // Older messages that are here too come after a hole: not before it is closed.
      const from = nextOrder(firstPlace(record.runs) - 1);
      const found = await shownMessages(store, id, { ...page, from });
      return found.map((message) => view.of(message, record));
    });
  }

  fetchOlder(target: Target, limit: number): Promise<number> {
    return this.core.older.fetch(target, limit);
  }

  markRead(target: Target, options: ReadOptions = {}): Promise<void> {
    return this.core.reading.markRead(target, options);
  }

  markUnread(target: Target): Promise<void> {
    return this.core.marks.set('unread', target, true);
  }

  deleteMessages(target: Target, orders: readonly number[]): Promise<void> {
    return this.core.deletions.delete(target, orders);
  }

  clearConversation(target: Target, upTo?: number): Promise<void> {
    return this.core.deletions.clear(target, upTo);
  }
}
