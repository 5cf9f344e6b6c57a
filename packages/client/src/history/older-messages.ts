import { limits, type PageFrame } from '@stoa/protocol';
import { addPlaces, conversationId, firstPlace, isKnown } from '../conversations/index.ts';
import { messageRecord } from '../messages/index.ts';
import type { LocalData, Transaction } from '../store/index.ts';
import type { ConversationId, Self, Target } from '../types.ts';
import type { HistoryRequests } from './history-requests.ts';

export interface OlderMessagesOptions {
  readonly data: LocalData;
  readonly requests: HistoryRequests;
  readonly self: () => Self | undefined;
}

/** Brings older messages of conversations from the server to this device, page by page. */
export class OlderMessages {
  readonly #options: OlderMessagesOptions;
  readonly #fetching = new Map<ConversationId, Promise<number>>();

  constructor(options: OlderMessagesOptions) {
    this.#options = options;
  }

  /**
   * Extends the unbroken run of the newest messages downwards by `limit` messages, or to the beginning of the
   * conversation. Calls for one conversation while one is under way share its result.
   *
   * @returns number of messages by which the run has grown
   */
  fetch(target: Target, limit: number): Promise<number> {
    const id = conversationId(target);
    const fetching =
      this.#fetching.get(id) ?? this.#fetch(id, target, limit).finally(() => this.#fetching.delete(id));
    this.#fetching.set(id, fetching);
    return fetching;
  }

  async #fetch(id: ConversationId, target: Target, limit: number): Promise<number> {
    const { data, requests } = this.#options;
    let added = 0;
    while (added < limit) {
      const before = await data.read(() => firstPlace(data.conversation(id)?.runs ?? []));
      if (before <= 1) break;
      const page = await requests.ask(target, {
        before,
        limit: Math.min(limit - added, limits.historyPage),
      });
      added += await data.transact((transaction) => this.#add(transaction, id, before, page));
      if (!page.more) break;
    }
    return added;
  }

  /** Number of messages before `before` that are here now and belong to the newest run. */
  #add(transaction: Transaction, id: ConversationId, before: number, page: PageFrame): number {
    const self = this.#options.self();
    const record = transaction.conversation(id);
    // The conversation may have changed since the page was asked for; then it is asked for anew.
    if (self === undefined || record?.conv !== page.conv || firstPlace(record.runs) !== before) return 0;
    const messages = page.messages.filter(({ seq }) => seq < before);
    // Known places are left alone: their message may have been deleted here.
    const added = messages.filter(({ seq }) => !isKnown(record.runs, seq));
    const needNoReading = added.filter(
      ({ from, content, seq }) => seq > record.read && (from === self.address || content === undefined),
    );
    const start = page.more ? (messages[0]?.seq ?? before) : 1;
    transaction.putConversation({
      ...record,
      runs: addPlaces(record.runs, start, before - 1),
      skipped: record.skipped + needNoReading.length,
    });
    for (const frame of added) transaction.putMessage(messageRecord(frame, id, frame.seq, self, true));
    return messages.length;
  }
}
