import { limits, type MessageFrame } from '@stoa/protocol';
import { conversationId, lastPlace, newConversation } from '../conversations/index.ts';
import { type MessageView, messageRecord } from '../messages/index.ts';
import type { LocalData, LocalStore, MessageRecord } from '../store/index.ts';
import type { ConversationId, LocalMessage, Self, Target } from '../types.ts';
import { isDeleted } from '../values/index.ts';
import type { HistoryRequests } from './history-requests.ts';

export interface FindMessageParts {
  readonly data: LocalData;
  readonly requests: HistoryRequests;
  readonly view: MessageView;
  readonly self: () => Self | undefined;
}

/**
 * The message of a conversation that the server calls `mid`: from this device, else from the server. Ids increase with
 * the places of a conversation, so a few looks are enough in both.
 *
 * @returns undefined when there is none, or the user has deleted it
 */
export async function findMessage(
  { data, requests, view, self }: FindMessageParts,
  target: Target,
  mid: number,
): Promise<LocalMessage | undefined> {
  const id = conversationId(target);
  const here = await data.read((store) =>
    findHere(store, id, lastPlace(data.conversation(id)?.runs ?? []), mid),
  );
  const conversation = data.conversation(id) ?? newConversation(id);
  if (here !== undefined) return view.of(here, conversation);
  const own = self();
  const frame = await findThere(requests, target, lastPlace(conversation.runs), mid);
  if (own === undefined || frame === undefined || isDeleted(data, conversation, frame.seq)) return undefined;
  return view.of(messageRecord(frame, id, frame.seq, own, true), conversation);
}

async function findHere(
  store: LocalStore,
  id: ConversationId,
  last: number,
  mid: number,
): Promise<MessageRecord | undefined> {
  // It can only be among those with `from` <= order < `before`.
  let [from, before] = [0, last + 1];
  while (from < before) {
    const middle = Math.floor((from + before) / 2) + 1;
    const found = await lastWithId(store, id, from, middle);
    if (found?.mid === mid) return found;
    if (found !== undefined && found.mid > mid) before = found.order;
    else from = middle;
  }
  return undefined;
}

/** Messages that failed stand between the others, and have no id. */
async function lastWithId(
  store: LocalStore,
  id: ConversationId,
  from: number,
  before: number,
): Promise<MessageRecord | undefined> {
  const [last] = await store.messages(id, { from, before, limit: 1 });
  return last === undefined || last.mid > 0 ? last : lastWithId(store, id, from, last.order);
}

async function findThere(
  requests: HistoryRequests,
  target: Target,
  last: number,
  mid: number,
): Promise<MessageFrame | undefined> {
  // It can only be at one of the places `from` … `to`.
  let [from, to] = [1, last];
  while (from <= to) {
    const middle = Math.floor((from + to) / 2);
    const { messages } = await requests.ask(target, { after: middle - 1, limit: lookedAt });
    const [first, newest] = [messages[0], messages.at(-1)];
    if (first === undefined || newest === undefined || mid < first.mid) to = middle - 1;
    else if (mid > newest.mid) from = newest.seq + 1;
    else return messages.find((message) => message.mid === mid && message.event === undefined);
  }
  return undefined;
}

/** Messages of one page: large pages need fewer of them. */
const lookedAt = Math.floor(limits.historyPage / 4);
