import type { ConversationId } from '../types.ts';
import type { Change, LocalStore } from './local-store.ts';
import type {
  ConversationRecord,
  DeviceRecord,
  MessageRecord,
  ProfileRecord,
  ValueRecord,
} from './records.ts';
import { storeIsClosed } from './store-errors.ts';

/** Keeps everything in memory, and loses it with the process: for bots without a memory, and for tests. */
export function memoryStore(): LocalStore {
  const conversations = new Map<ConversationId, ConversationRecord>();
  const messages = new Map<ConversationId, MessageRecord[]>();
  const values = new Map<string, ValueRecord>();
  const profiles = new Map<string, ProfileRecord>();
  let device: DeviceRecord | undefined;
  let isOpen = false;

  const messagesOf = (id: ConversationId): readonly MessageRecord[] => {
    if (!isOpen) throw storeIsClosed();
    return messages.get(id) ?? [];
  };

  const carryOut = (change: Change): void => {
    if ('remove' in change) {
      if (change.remove === 'everything') {
        device = undefined;
        conversations.clear();
        messages.clear();
        values.clear();
        profiles.clear();
        return;
      }
      if (change.remove === 'value') {
        values.delete(change.key);
        return;
      }
      const sorted = messages.get(change.conversation) ?? [];
      const start = indexOf(sorted, change.from);
      sorted.splice(start, Math.max(0, indexOf(sorted, change.before) - start));
    } else if (change.put === 'device') device = change.record;
    else if (change.put === 'conversation') conversations.set(change.record.id, change.record);
    else if (change.put === 'value') values.set(change.record.key, change.record);
    else if (change.put === 'profile') profiles.set(change.record.user, change.record);
    else putSorted(messages, change.record);
  };

  return {
    async open() {
      isOpen = true;
      const outbox = [...messages.values()]
        .flatMap((sorted) => sorted.filter(({ pending }) => pending !== undefined))
        .sort((a, b) => (a.pending ?? 0) - (b.pending ?? 0));
      return { device, conversations: [...conversations.values()], outbox, values: [...values.values()] };
    },

    async apply(changes) {
      if (!isOpen) throw storeIsClosed();
      for (const change of changes) carryOut(change);
    },

    async message(conversation, order) {
      const sorted = messagesOf(conversation);
      const found = sorted[indexOf(sorted, order)];
      return found?.order === order ? found : undefined;
    },

    async messages(conversation, { from = 0, before = Number.POSITIVE_INFINITY, limit }) {
      const sorted = messagesOf(conversation);
      const end = indexOf(sorted, before);
      const start = Math.max(indexOf(sorted, from), end - limit);
      return sorted.slice(Math.min(start, end), end).reverse();
    },

    async disappearing(limit) {
      if (!isOpen) throw storeIsClosed();
      const at = ({ disappearsAt = 0 }: MessageRecord) => disappearsAt;
      return [...messages.values()]
        .flatMap((sorted) => sorted.filter(({ disappearsAt }) => disappearsAt !== undefined))
        .sort((a, b) => at(a) - at(b))
        .slice(0, limit);
    },

    async profiles(users) {
      if (!isOpen) throw storeIsClosed();
      return users.flatMap((user) => profiles.get(user) ?? []);
    },

    async close() {
      isOpen = false;
    },
  };
}

function putSorted(messages: Map<ConversationId, MessageRecord[]>, record: MessageRecord): void {
  const sorted = messages.get(record.conversation);
  if (sorted === undefined) {
    messages.set(record.conversation, [record]);
    return;
  }
  const index = indexOf(sorted, record.order);
  sorted.splice(index, sorted[index]?.order === record.order ? 1 : 0, record);
}

/** Where the first message with an order not below `order` is, or would be. */
function indexOf(sorted: readonly MessageRecord[], order: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle]?.order ?? 0) < order) low = middle + 1;
    else high = middle;
  }
  return low;
}
