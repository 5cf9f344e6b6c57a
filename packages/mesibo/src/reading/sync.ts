import { internal } from '../internal.ts';
import { callbackOf, guarded } from '../listeners.ts';
import { insert, nextOfSummary } from './read-batch.ts';
import type { MesiboReadSession } from './read-session.ts';
import type { OnRead, SessionListener } from './session-state.ts';

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
    return target === undefined ? 0 : await client.fetchOlder(target, count);
  } catch (error) {
    context.fail(error);
    return 0;
  }
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
