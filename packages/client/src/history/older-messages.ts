import { limits, type MessageFrame, type PageFrame } from '@stoa/protocol';
import type { ServerClock } from '../clock.ts';
import {
  conversationId,
  doneUpTo,
  firstPlace,
  isKnown,
  lastPlace,
  withHiddenPlaces,
} from '../conversations/index.ts';
import {
  type Changes,
  type LoggedChange,
  loggedChange,
  type MessageView,
  mentions,
  messageRecord,
  needsReading,
  withDisappearance,
  withMention,
} from '../messages/index.ts';
import type { ConversationRecord, LocalData, MessageRecord, Transaction } from '../store/index.ts';
import type { ConversationId, LocalMessage, Self, Target } from '../types.ts';
import { isDeleted } from '../values/index.ts';
import type { HistoryRequests } from './history-requests.ts';

export interface OlderMessagesOptions {
  readonly data: LocalData;
  readonly requests: HistoryRequests;
  readonly changes: Changes;
  readonly serverClock: ServerClock;
  readonly view: MessageView;
  /** Whether the application wants to have a message of somebody else. */
  readonly wants: (message: LocalMessage) => boolean;
  readonly self: () => Self | undefined;
}

/** Brings older messages of conversations from the server to this device, page by page. */
export class OlderMessages {
  readonly #options: OlderMessagesOptions;
  readonly #fetching = new Map<ConversationId, Promise<number>>();
  /** Changes of messages that are not here, which a page on its way may hold as they were before. */
  readonly #missed = new Map<ConversationId, LoggedChange[]>();

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
      this.#fetching.get(id) ??
      this.#fetch(id, target, limit).finally(() => {
        this.#fetching.delete(id);
        this.#missed.delete(id);
      });
    this.#fetching.set(id, fetching);
    return fetching;
  }

  /** Somebody changed a message that is not on this device. */
  missed(id: ConversationId, change: LoggedChange): void {
    if (this.#fetching.has(id)) this.#missed.set(id, [...(this.#missed.get(id) ?? []), change]);
  }

  async #fetch(id: ConversationId, target: Target, limit: number): Promise<number> {
    const { data, requests } = this.#options;
    let added = 0;
    while (added < limit) {
      const { runs = [], clearedAt = 0 } = (await data.read(() => data.conversation(id))) ?? {};
      const before = firstPlace(runs);
      if (before <= clearedAt + 1) break;
      const page = await requests.ask(target, {
        before,
        limit: Math.min(limit - added, limits.historyPage),
      });
      const asked = { before, upToDate: lastPlace(runs) };
      added += await data.transact((transaction) => this.#add(transaction, id, asked, page));
      if (!page.more) break;
    }
    return added;
  }

  /**
   * Adds a page of the messages before `before`, in which every change up to place `upToDate` is carried out.
   *
   * @returns the number of messages that are here now and belong to the newest run
   */
  async #add(
    transaction: Transaction,
    id: ConversationId,
    { before, upToDate }: { before: number; upToDate: number },
    page: PageFrame,
  ): Promise<number> {
    const { changes } = this.#options;
    const self = this.#options.self();
    const record = transaction.conversation(id);
    // The conversation may have changed since the page was asked for; then it is asked for anew.
    if (self === undefined || record?.conv !== page.conv || firstPlace(record.runs) !== before) return 0;
    const messages = page.messages.filter(({ seq }) => seq < before);
    // Known places are left alone: their message may have been deleted here.
    const added = messages.filter(({ seq }) => !isKnown(record.runs, seq));
    const kept = added.flatMap((frame) => this.#recordOf(transaction, record, frame, self) ?? []);
    const unread = kept.filter((message) => message.seq > doneUpTo(record) && needsReading(message));
    // One message may stand for events before it.
    const start = page.more ? (messages[0]?.first ?? messages[0]?.seq ?? before) : 1;
    // Of a group, a page leaves out what is not for the user: those places are known now, too.
    const known = withHiddenPlaces(record, [[start, before - 1]]);
    transaction.putConversation({ ...known, skipped: known.skipped - unread.length });
    for (const message of kept) {
      const now = transaction.conversation(id);
      if (now !== undefined && mentions(message, self.address)) {
        transaction.putConversation(withMention(now, message.seq));
      }
      transaction.putMessage(message.edited === undefined ? message : { ...message, editedSeq: upToDate });
    }
    // Older messages that are here did not hear of changes in the gap that is being closed.
    const changed = added.flatMap((frame) => loggedChange(frame) ?? []);
    for (const change of [...changed, ...(this.#missed.get(id) ?? [])]) {
      await changes.apply(transaction, id, change);
    }
    for (const { seq, event, marks } of messages) {
      if (event === undefined && marks !== undefined) await changes.learnMarks(transaction, id, seq, marks);
    }
    const now = transaction.conversation(id) ?? record;
    return (await transaction.messages(id, firstPlace(now.runs), before)).length;
  }

  /** Undefined when there is nothing to keep but the place. */
  #recordOf(
    transaction: Transaction,
    conversation: ConversationRecord,
    frame: MessageFrame,
    self: Self,
  ): MessageRecord | undefined {
    const { serverClock, view, wants } = this.#options;
    const { seq, event, gone } = frame;
    if (event !== undefined || gone === 'disappeared' || isDeleted(transaction, conversation, seq)) {
      return undefined;
    }
    const record = messageRecord(frame, conversation.id, seq, self, true);
    if (needsReading(record) && !wants(view.of(record, conversation))) return undefined;
    return withDisappearance(record, conversation, serverClock.now());
  }
}
