import type { Client } from '@stoa/client';
import { limits } from '@stoa/protocol';
import { internal } from '../internal.ts';
import { callbackOf, guarded } from '../listeners.ts';
import { insert, nextOfSummary } from './read-batch.ts';
import type { MesiboReadSession } from './read-session.ts';
import { isWanted, type OnRead, type SessionListener } from './session-state.ts';

/**
 * Fetches what the server has and this device has not: older messages of the conversation, or conversations of a
 * summary. Waits until the connection is up.
 *
 * @returns how many can be read now that could not be read before; those of a summary are in its list already.
 */
export async function sync(session: MesiboReadSession, count: number): Promise<number> {
  const { context, target, isSummary } = session[internal];
  const before = session.messages.length;
  await context.whenSynced();
  try {
    if (isSummary) {
      for (const latest of await nextOfSummary(session, count))
        insert(session, context.messages.stored(latest));
      return session.messages.length - before;
    }
    const client = await context.whenClient();
    if (session[internal].query !== '') return await syncSearch(session, client, count);
    return target === undefined ? 0 : await client.fetchOlder(target, count);
  } catch (error) {
    context.fail(error);
    return 0;
  }
}

/** What the server finds and this session does not show yet. It is in the session's list then. */
async function syncSearch(session: MesiboReadSession, client: Client, count: number): Promise<number> {
  const state = session[internal];
  const before = session.messages.length;
  while (session.messages.length - before < count && !state.isSearchedThrough) {
    const { messages, cursor } = await client.search(state.query, {
      where: 'server',
      limit: Math.min(count, limits.searchPage),
      ...(state.target === undefined ? {} : { target: state.target }),
      ...(state.searchCursor === undefined ? {} : { cursor: state.searchCursor }),
    });
    for (const local of messages) {
      if (isWanted(state, local)) insert(session, state.context.messages.stored(local));
    }
    state.searchCursor = cursor;
    state.isSearchedThrough = cursor === undefined;
  }
  return session.messages.length - before;
}

/**
 * Calls Mesibo_onSync. Applications declare it as `(session, count)` or as `(count)`, and nothing but the number of
 * declared parameters tells which.
 */
export function reportSync(session: MesiboReadSession, listener: SessionListener, count: number): void {
  if (typeof listener === 'function') {
    guarded(listener as OnRead, session, [count]);
  } else if (listener) {
    const callback = callbackOf(listener, 'Sync');
    if (callback !== undefined)
      guarded(callback, listener, callback.length === 1 ? [count] : [session, count]);
  }
}
