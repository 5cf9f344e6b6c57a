import { type DBSchema, openDB } from 'idb';
import type { TransferRecord, TransferStore } from './transfer-store.ts';

interface Schema extends DBSchema {
  transfers: { key: string; value: TransferRecord };
}

/**
 * Files that wait for being sent in the browser's IndexedDB, shared by the pages of an origin.
 *
 * @param name of the database; one per user, and another one than that of his messages
 * @example
 * const files = { store: indexedDbTransfers('chat-alice-files') };
 */
export function indexedDbTransfers(name: string): TransferStore {
  const opened = openDB<Schema>(name, 1, {
    upgrade(database) {
      database.createObjectStore('transfers', { keyPath: 'id' });
    },
    // The user signs out here, or in another page, and his data is removed.
    blocking: (_current, _wanted, { target }) => (target as IDBDatabase).close(),
  });
  opened.catch(() => {});
  return {
    all: async () => (await opened).getAll('transfers'),
    find: async (id) => (await opened).get('transfers', id),
    put: async (record) => {
      await (await opened).put('transfers', record);
    },
    remove: async (id) => {
      await (await opened).delete('transfers', id);
    },
  };
}
