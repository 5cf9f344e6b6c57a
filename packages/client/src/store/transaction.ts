import type { ConversationId } from '../types.ts';
import { isHidden } from './hidden.ts';
import type { Change, LocalStore } from './local-store.ts';
import { nextOrder } from './order.ts';
import type {
  ConversationRecord,
  DeviceRecord,
  MessageRecord,
  ProfileRecord,
  ValueRecord,
} from './records.ts';

/** What a transaction starts from: the committed state that is kept in memory. */
export interface Committed {
  readonly device: DeviceRecord;
  readonly conversations: ReadonlyMap<ConversationId, ConversationRecord>;
  /** By the server's id. */
  readonly ids: ReadonlyMap<number, ConversationId>;
  readonly values: ReadonlyMap<string, ValueRecord>;
}

/**
 * Changes that are committed together. Reading shows the changes made so far; nobody else sees them before they are
 * in the store.
 */
export class Transaction {
  readonly #store: LocalStore;
  readonly #committed: Committed;
  readonly #changes: Change[] = [];
  readonly #afterwards: (() => void)[] = [];
  readonly #conversations = new Map<ConversationId, ConversationRecord>();
  readonly #ids = new Map<number, ConversationId>();
  readonly #messages = new Map<ConversationId, StagedMessages>();
  /** Undefined: removed. */
  readonly #values = new Map<string, ValueRecord | undefined>();
  /** Conversations whose newest message was removed: the newest one is looked for at the end. */
  readonly #withoutLatest = new Set<ConversationId>();
  #device: DeviceRecord | undefined;
  #disappearsFirst = Number.POSITIVE_INFINITY;
  #emptied = false;

  constructor(store: LocalStore, committed: Committed) {
    this.#store = store;
    this.#committed = committed;
  }

  get device(): DeviceRecord {
    return this.#device ?? this.#committed.device;
  }

  putDevice(record: DeviceRecord): void {
    this.#device = record;
  }

  conversation(id: ConversationId): ConversationRecord | undefined {
    return this.#conversations.get(id) ?? (this.#emptied ? undefined : this.#committed.conversations.get(id));
  }

  /** By the server's id. */
  conversationOf(conv: number): ConversationId | undefined {
    const id = this.#ids.get(conv) ?? this.#committed.ids.get(conv);
    return id !== undefined && this.conversation(id)?.conv === conv ? id : undefined;
  }

  value(key: string): ValueRecord | undefined {
    if (this.#values.has(key)) return this.#values.get(key);
    return this.#emptied ? undefined : this.#committed.values.get(key);
  }

  putValue(record: ValueRecord): void {
    this.#values.set(record.key, record);
    this.#changes.push({ put: 'value', record });
  }

  putProfile(record: ProfileRecord): void {
    this.#changes.push({ put: 'profile', record });
  }

  removeValue(key: string): void {
    this.#values.set(key, undefined);
    this.#changes.push({ remove: 'value', key });
  }

  /** Values that were put, or removed (undefined). */
  get changedValues(): ReadonlyMap<string, ValueRecord | undefined> {
    return this.#values;
  }

  /** When the first of the messages that were put disappears; infinite when none does. */
  get disappearsFirst(): number {
    return this.#disappearsFirst;
  }

  /** Conversations that were put. */
  get changedConversations(): ReadonlyMap<ConversationId, ConversationRecord> {
    return this.#conversations;
  }

  get emptied(): boolean {
    return this.#emptied;
  }

  putConversation(record: ConversationRecord): void {
    this.#conversations.set(record.id, record);
    this.#ids.set(record.conv, record.id);
  }

  /** Its conversation must have been put before. */
  putMessage(record: MessageRecord): void {
    this.#changes.push({ put: 'message', record });
    this.#staged(record.conversation).put(record);
    this.#disappearsFirst = Math.min(this.#disappearsFirst, record.disappearsAt ?? Number.POSITIVE_INFINITY);
    const conversation = this.conversation(record.conversation);
    if (conversation === undefined || !isListed(record)) return;
    if (record.order >= (conversation.latest?.order ?? 0)) {
      this.putConversation({ ...conversation, latest: record });
    }
  }

  removeMessage(conversation: ConversationId, order: number): void {
    this.removeMessages(conversation, order, nextOrder(order));
  }

  /** Removes messages with `from` <= order < `before`. */
  removeMessages(conversation: ConversationId, from: number, before: number): void {
    this.#changes.push({ remove: 'messages', conversation, from, before });
    this.#staged(conversation).remove(from, before);
    const record = this.conversation(conversation);
    const latest = record?.latest;
    if (record === undefined || latest === undefined || latest.order < from || latest.order >= before) return;
    const { latest: _, ...others } = record;
    this.putConversation(others);
    this.#withoutLatest.add(conversation);
  }

  /** Whether this transaction has removed the message. */
  isRemoved(conversation: ConversationId, order: number): boolean {
    return this.#staged(conversation).isRemoved(order);
  }

  async message(conversation: ConversationId, order: number): Promise<MessageRecord | undefined> {
    const staged = this.#staged(conversation);
    const put = staged.get(order);
    if (put !== undefined || this.#emptied || staged.isRemoved(order)) return put;
    return this.#store.message(conversation, order);
  }

  /** All messages with `from` <= order < `before`, ascending. */
  async messages(conversation: ConversationId, from: number, before: number): Promise<MessageRecord[]> {
    const staged = this.#staged(conversation);
    const found = staged.between(from, before);
    for (let below = before; !this.#emptied; ) {
      const page = await this.#store.messages(conversation, { from, before: below, limit: pageSize });
      for (const record of page) if (!staged.replaces(record.order)) found.push(record);
      const oldest = page.at(-1);
      if (oldest === undefined || page.length < pageSize) break;
      below = oldest.order;
    }
    return found.sort((a, b) => a.order - b.order);
  }

  /** Called once after everything is committed, in the order given. */
  afterwards(call: () => void): void {
    this.#afterwards.push(call);
  }

  /** Empties the store: what is put from now on is all that there is. */
  removeEverything(): void {
    this.#changes.length = 0;
    this.#changes.push({ remove: 'everything' });
    this.#conversations.clear();
    this.#messages.clear();
    this.#values.clear();
    this.#withoutLatest.clear();
    this.#emptied = true;
  }

  /** Completes the changes. Nothing may be added afterwards. */
  async finish(): Promise<{ changes: readonly Change[]; afterwards: readonly (() => void)[] }> {
    for (const id of this.#withoutLatest) await this.#findLatest(id);
    for (const record of this.#conversations.values()) this.#changes.push({ put: 'conversation', record });
    if (this.#device !== undefined) this.#changes.push({ put: 'device', record: this.#device });
    return { changes: this.#changes, afterwards: this.#afterwards };
  }

  async #findLatest(id: ConversationId): Promise<void> {
    const staged = this.#staged(id);
    let latest = staged.between(0, Number.POSITIVE_INFINITY).filter(isListed).at(-1);
    for (let before = Number.POSITIVE_INFINITY; !this.#emptied; ) {
      const page = await this.#store.messages(id, { from: latest?.order ?? 0, before, limit: latestPage });
      const stored = page.find((record) => !staged.replaces(record.order) && isListed(record));
      if (stored !== undefined) latest = stored;
      const oldest = page.at(-1);
      if (stored !== undefined || oldest === undefined || page.length < latestPage) break;
      before = oldest.order;
    }
    const conversation = this.conversation(id);
    if (conversation !== undefined && latest !== undefined) this.putConversation({ ...conversation, latest });
  }

  #staged(conversation: ConversationId): StagedMessages {
    let staged = this.#messages.get(conversation);
    if (staged === undefined) {
      staged = new StagedMessages();
      this.#messages.set(conversation, staged);
    }
    return staged;
  }
}

/** The messages of one conversation that a transaction has put or removed so far. */
class StagedMessages {
  readonly #put = new Map<number, MessageRecord>();
  readonly #removed: { from: number; before: number }[] = [];

  get(order: number): MessageRecord | undefined {
    return this.#put.get(order);
  }

  put(record: MessageRecord): void {
    this.#put.set(record.order, record);
  }

  remove(from: number, before: number): void {
    for (const order of this.#put.keys()) if (order >= from && order < before) this.#put.delete(order);
    this.#removed.push({ from, before });
  }

  isRemoved(order: number): boolean {
    return !this.#put.has(order) && this.replaces(order);
  }

  /** Whether what the store has at this order counts no more. */
  replaces(order: number): boolean {
    return this.#put.has(order) || this.#removed.some(({ from, before }) => order >= from && order < before);
  }

  /** Ascending. */
  between(from: number, before: number): MessageRecord[] {
    const found = [...this.#put.values()].filter(({ order }) => order >= from && order < before);
    return found.sort((a, b) => a.order - b.order);
  }
}

/** Only these are the newest one of a list. Messages of others that expired only keep their place. */
function isListed(record: MessageRecord): boolean {
  const { outgoing, content, gone } = record;
  if (isHidden(record)) return false;
  return outgoing || content !== undefined || (gone !== undefined && gone !== 'expired');
}

const pageSize = 500;
const latestPage = 4;
