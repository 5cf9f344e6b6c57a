import { StoaError } from '@stoa/protocol';
import type { LocalStore } from './local-store.ts';

export function storeIsClosed(): StoaError {
  return new StoaError('UNAVAILABLE', 'The local store is closed.', { hint: 'Start the client first.' });
}

/** The same store, whose failures all have a code: UNAVAILABLE for those of the platform. */
export function withCodedErrors(store: LocalStore): LocalStore {
  return {
    open: (onLost) => coded(store.open(onLost), 'cannot be opened'),
    apply: (changes) => coded(store.apply(changes), 'does not take changes'),
    message: (conversation, order) => coded(store.message(conversation, order), 'cannot be read'),
    messages: (conversation, range) => coded(store.messages(conversation, range), 'cannot be read'),
    disappearing: (limit) => coded(store.disappearing(limit), 'cannot be read'),
    profiles: (users) => coded(store.profiles(users), 'cannot be read'),
    close: () => coded(store.close(), 'cannot be closed'),
  };
}

async function coded<T>(result: Promise<T>, what: string): Promise<T> {
  try {
    return await result;
  } catch (cause) {
    if (cause instanceof StoaError) throw cause;
    const hint = 'See the cause; free some space, or allow the application to store data.';
    throw new StoaError('UNAVAILABLE', `The local store ${what}.`, { hint, cause });
  }
}
