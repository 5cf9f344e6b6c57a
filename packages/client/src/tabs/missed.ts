import { lastPlace, newConversation, unreadOf } from '../conversations/index.ts';
import type { Core } from '../core.ts';
import { localMessage, shownMessages } from '../messages/index.ts';
import { type ConversationRecord, firstOutboxOrder, type LocalStore } from '../store/index.ts';
import type { ConversationId, LocalMessage } from '../types.ts';
import { type Knowledge, type Told, type ToldEvent, toldEvent } from './tab-messages.ts';

/** Messages of one conversation that are looked at: what a leader stored in the moment in which it ended is new. */
const lookedAt = 200;

export function toldOf(record: ConversationRecord): Told {
  const { id, runs, peerCursor, peerGaps } = record;
  return {
    id,
    last: lastPlace(runs),
    delivered: peerCursor.delivered,
    read: peerCursor.read,
    unread: unreadOf(record),
    ...(peerGaps && { peerGaps }),
  };
}

/** Everything that was told so far by this client. */
export function knowledgeOf({ data, outbox, view }: Core): Knowledge {
  const waiting = outbox.waiting().flatMap((record) => {
    const conversation = data.conversation(record.conversation);
    return conversation === undefined ? [] : [view.of(record, conversation)];
  });
  return { conversations: [...data.conversations()].map(toldOf), waiting };
}

/**
 * The events of what was stored and not told to a tab with this knowledge. To be called while nothing changes. An
 * edit or recall among it is told as an update of all messages that were ever changed, because the place of an event
 * does not tell which one it changed.
 */
export async function missedBy(known: Knowledge, core: Core, store: LocalStore): Promise<ToldEvent[]> {
  const events: ToldEvent[] = [];
  const told = new Map(known.conversations.map((one) => [one.id, one]));
  const waiting = new Map(known.waiting.map((message) => [message.id, message]));
  for (const message of known.waiting) events.push(...(await outcomeOf(message, core, store)));
  for (const record of core.data.conversations()) {
    const before = told.get(record.id) ?? { id: record.id, last: 0, delivered: 0, read: 0, unread: 0 };
    const now = toldOf(record);
    const { beyond: _, ...plain } = before;
    if (JSON.stringify(plain) === JSON.stringify(now)) continue;
    events.push(...(await missedIn(record, before, waiting, core, store)));
    events.push(toldEvent('conversation', core.showConversation(record)));
  }
  for (const message of knowledgeOf(core).waiting) {
    if (!waiting.has(message.id)) events.push(toldEvent('message', message, 'outgoing'));
  }
  return events;
}

/** What became of a message that waited in the outbox. */
async function outcomeOf(before: LocalMessage, core: Core, store: LocalStore): Promise<ToldEvent[]> {
  const { conversation, order, id } = before;
  const stored = await store.message(conversation, order);
  if (stored?.pending !== undefined) return [];
  const newest = await shownMessages(store, conversation, { before: firstOutboxOrder, limit: lookedAt });
  const record = newest.find((one) => one.outgoing && one.id === id);
  if (record === undefined) return [toldEvent('removed', { conversation, orders: [order] })];
  const is = core.view.of(record, conversationOf(core, conversation));
  return [toldEvent('update', is, before)];
}

async function missedIn(
  record: ConversationRecord,
  before: Told,
  waiting: ReadonlyMap<number, LocalMessage>,
  core: Core,
  store: LocalStore,
): Promise<ToldEvent[]> {
  const { id, peerCursor } = record;
  const range = { before: firstOutboxOrder, limit: lookedAt };
  const newest = (await shownMessages(store, id, range)).filter(({ seq }) => seq > 0).reverse();
  const isKnown = ({ seq }: { seq: number }) => seq <= before.last || before.beyond?.includes(seq) === true;
  const later = newest.filter((message) => !isKnown(message));
  const earlier = newest.filter(isKnown);
  const events: ToldEvent[] = [];
  for (const message of later) {
    if (message.outgoing && waiting.has(message.id)) continue;
    const origin = message.outgoing ? (message.id === 0 ? 'self' : 'outgoing') : 'pending';
    events.push(toldEvent('message', core.view.of(message, record), origin));
  }
  const someWereEvents = later.length + (before.beyond?.length ?? 0) < lastPlace(record.runs) - before.last;
  const cursorBefore = { ...peerCursor, delivered: before.delivered, read: before.read };
  const { peerGaps: _, ...others } = record;
  const gapsBefore = before.peerGaps && { peerGaps: before.peerGaps };
  const recordBefore = { ...others, peerCursor: cursorBefore, ...gapsBefore };
  for (const message of earlier) {
    const is = core.view.of(message, record);
    const was = localMessage(message, recordBefore, core.serverClock.now());
    const mayHaveChanged = someWereEvents && (is.edited !== undefined || is.gone !== undefined);
    if (is.status !== was.status) events.push(toldEvent('update', is, { ...is, status: was.status }));
    else if (mayHaveChanged) events.push(toldEvent('update', is, is));
  }
  return events;
}

function conversationOf(core: Core, id: ConversationId): ConversationRecord {
  return core.data.conversation(id) ?? newConversation(id);
}
