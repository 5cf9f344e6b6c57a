import type { LocalMessage } from '@stoa/client';
import { MESIBO_ORIGIN_DBMESSAGE, MESIBO_ORIGIN_DBSUMMARY } from '../constants/message.ts';
import { internal } from '../internal.ts';
import { guarded, invokeMessage } from '../listeners.ts';
import type { MesiboMessage } from '../messages/message.ts';
import { isGone } from '../messages/message-status.ts';
import { reportRead, show } from './read-receipts.ts';
import type { MesiboReadSession } from './read-session.ts';
import { insertByTime, insertNewestFirst } from './session-list.ts';
import { type OnRead, sourceOf } from './session-state.ts';

/**
 * Reads the next batch from the database and delivers it. What the session has already shown live is not
 * delivered a second time.
 *
 * @returns the number of messages delivered.
 */
export async function readBatch(session: MesiboReadSession, count: number): Promise<number> {
  const state = session[internal];
  const client = await state.context.whenClient();
  let batch: LocalMessage[];
  if (state.isSummary) {
    batch = await nextOfSummary(session, count);
  } else {
    state.source ??= await sourceOf(state, client);
    batch = await state.source.next(count);
  }
  if (!state.isActive) return 0;
  const messages = batch
    .map((local) => state.context.messages.stored(local))
    .filter((message) => !session.messages.includes(message));
  for (const message of messages) insert(session, message);
  deliver(session, messages, batch.length < count);
  reportRead(session);
  return messages.length;
}

/** Adds a message to the live array at its place. */
export function insert(session: MesiboReadSession, message: MesiboMessage): void {
  if (session[internal].isSummary) {
    insertNewestFirst(session.messages, message);
  } else {
    insertByTime(session.messages, message);
    show(session, message);
  }
}

/** Latest messages of the conversations that the summary does not list yet, newest first. */
export async function nextOfSummary(session: MesiboReadSession, count: number): Promise<LocalMessage[]> {
  const { context } = session[internal];
  const client = await context.whenClient();
  const listed = new Set(session.messages.map((message) => message[internal]?.local?.conversation));
  const latest: LocalMessage[] = [];
  for (const conversation of await client.conversations()) {
    if (latest.length === count) break;
    const { latest: newest, id, hidden } = conversation;
    if (newest !== undefined && !hidden && !isGone(newest) && !listed.has(id)) latest.push(newest);
  }
  return latest;
}

function deliver(session: MesiboReadSession, messages: readonly MesiboMessage[], isEnd: boolean): void {
  const state = session[internal];
  const { listener } = state;
  if (typeof listener === 'function') {
    guarded(listener as OnRead, session, [messages.length]);
    return;
  }
  for (const [index, message] of messages.entries()) {
    message.origin = state.isSummary ? MESIBO_ORIGIN_DBSUMMARY : MESIBO_ORIGIN_DBMESSAGE;
    message.rsid = state.id;
    message[internal].session = session;
    message[internal].isLastOfBatch = index === messages.length - 1;
    if (listener && state.isActive) invokeMessage(listener, message, false);
  }
  if (isEnd && listener && state.isActive) invokeMessage(listener, null, false);
}
