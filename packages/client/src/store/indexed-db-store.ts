import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from 'idb';
import type { Change, LocalStore } from './local-store.ts';
import type { ConversationRecord, DeviceRecord, MessageRecord, ValueRecord } from './records.ts';
import { storeIsClosed } from './store-errors.ts';
import { holdStoreLock } from './store-lock.ts';

interface Schema extends DBSchema {
  device: { key: 'device'; value: DeviceRecord };
  conversations: { key: string; value: ConversationRecord };
  messages: {
    key: [string, number];
    value: MessageRecord;
    indexes: { outbox: number; disappearing: number };
  };
  values: { key: string; value: ValueRecord };
}
type Database = IDBPDatabase<Schema>;
type StoreName = 'device' | 'conversations' | 'messages' | 'values';
type WriteTransaction = IDBPTransaction<Schema, StoreName[], 'readwrite'>;

const everything: StoreName[] = ['device', 'conversations', 'messages', 'values'];

/**
 * A store in the browser's IndexedDB. Use one name per user. A commit survives the end of the page and of the
 * browser; a loss of power may take back the last ones, and then the server sends again what is missing.
 *
 * A second page that opens the same name takes the store over, and the client of the first one stops with the
 * status `refused` (`signedOut`).
 *
 * @param name of the database, unique in the page's origin
 * @example
 * const client = new Client({ url, token, store: indexedDbStore('chat-alice') });
 */
export function indexedDbStore(name: string): LocalStore {
  let open: { readonly database: Database; readonly release: () => void } | undefined;
  const database = (): Database => {
    if (open === undefined) throw storeIsClosed();
    return open.database;
  };
  const close = (): void => {
    open?.database.close();
    open?.release();
    open = undefined;
  };

  return {
    async open(onLost) {
      if (open === undefined) {
        let isLost = false;
        const lost = (reason: string): void => {
          isLost = true;
          close();
          onLost(reason);
        };
        const release = await holdStoreLock(`stoa:${name}`, () => lost('It was opened in another page.'));
        try {
          const opened = await openDatabase(name, lost);
          if (isLost) {
            opened.close();
            throw storeIsClosed();
          }
          open = { release, database: opened };
        } catch (error) {
          release();
          throw error;
        }
      }
      const reading = database().transaction(everything);
      const [device, conversations, outbox, values] = await Promise.all([
        reading.objectStore('device').get('device'),
        reading.objectStore('conversations').getAll(),
        reading.objectStore('messages').index('outbox').getAll(),
        reading.objectStore('values').getAll(),
      ]);
      return { device, conversations, outbox, values };
    },

    async apply(changes) {
      const writing = database().transaction(everything, 'readwrite', { durability: 'relaxed' });
      const requests: Promise<unknown>[] = [writing.done];
      try {
        for (const change of changes) requests.push(...carryOut(writing, change));
      } catch (error) {
        // What cannot be cloned throws at once; the requests made before must not be committed.
        writing.abort();
        await Promise.allSettled(requests);
        throw error;
      }
      await Promise.all(requests);
    },

    message: async (conversation, order) => database().get('messages', [conversation, order]),

    async messages(conversation, { from = 0, before = Number.POSITIVE_INFINITY, limit }) {
      const found: MessageRecord[] = [];
      if (from >= before || limit <= 0) return found;
      const range = IDBKeyRange.bound([conversation, from], [conversation, before], false, true);
      const reading = database().transaction('messages');
      let cursor = await reading.store.openCursor(range, 'prev');
      while (cursor !== null) {
        found.push(cursor.value);
        cursor = found.length < limit ? await cursor.continue() : null;
      }
      return found;
    },

    disappearing: async (limit) => database().getAllFromIndex('messages', 'disappearing', null, limit),

    close: async () => close(),
  };
}

function openDatabase(name: string, lost: (reason: string) => void): Promise<Database> {
  return openDB<Schema>(name, 2, {
    upgrade(database, from, _to, upgrading) {
      // Only messages that have the property of an index are in it.
      if (from < 1) {
        database.createObjectStore('device');
        database.createObjectStore('conversations', { keyPath: 'id' });
        const messages = database.createObjectStore('messages', { keyPath: ['conversation', 'order'] });
        messages.createIndex('outbox', 'pending');
      }
      if (from < 2) {
        database.createObjectStore('values', { keyPath: 'key' });
        upgrading.objectStore('messages').createIndex('disappearing', 'disappearsAt');
      }
    },
    // A page with a newer version waits for this one to let go; or the browser removed the data.
    blocking: () => lost('A newer version of the application was opened in another page.'),
    terminated: () => lost('The browser closed the database.'),
  });
}

function carryOut(writing: WriteTransaction, change: Change): Promise<unknown>[] {
  const messages = writing.objectStore('messages');
  if ('remove' in change) {
    if (change.remove === 'everything') {
      return [
        writing.objectStore('device').clear(),
        writing.objectStore('conversations').clear(),
        messages.clear(),
        writing.objectStore('values').clear(),
      ];
    }
    if (change.remove === 'value') return [writing.objectStore('values').delete(change.key)];
    const { conversation, from, before } = change;
    // IndexedDB refuses a range that is empty.
    if (from >= before) return [];
    return [messages.delete(IDBKeyRange.bound([conversation, from], [conversation, before], false, true))];
  }
  switch (change.put) {
    case 'device':
      return [writing.objectStore('device').put(change.record, 'device')];
    case 'conversation':
      return [writing.objectStore('conversations').put(change.record)];
    case 'message':
      return [messages.put(change.record)];
    case 'value':
      return [writing.objectStore('values').put(change.record)];
  }
}
