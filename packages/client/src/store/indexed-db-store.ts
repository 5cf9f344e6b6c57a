import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from 'idb';
import type { Change, LocalStore } from './local-store.ts';
import type {
  ConversationRecord,
  DeviceRecord,
  MessageRecord,
  ProfileRecord,
  ValueRecord,
} from './records.ts';
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
  profiles: { key: string; value: ProfileRecord };
  /** Under the only key `owner`: how often the store was opened. Who opened it last may write. */
  owner: { key: 'owner'; value: number };
}
type Database = IDBPDatabase<Schema>;
type StoreName = 'device' | 'conversations' | 'messages' | 'values' | 'profiles' | 'owner';
type WriteTransaction = IDBPTransaction<Schema, StoreName[], 'readwrite'>;

const everything: StoreName[] = ['device', 'conversations', 'messages', 'values', 'profiles', 'owner'];
const takenOver = 'It was opened in another page.';

/**
 * A store in the browser's IndexedDB. Use one name per user. A commit survives the end of the page and of the
 * browser; a loss of power may take back the last ones, and then the server sends again what is missing.
 *
 * The pages of one origin share it (see ClientOptions.tabs). Where they do not, a second page that opens the same name
 * takes the store over, and the client of the first one stops with the status `refused` (`signedOut`). Whoever has
 * lost the store writes nothing more, not even before he knows: that is checked in every transaction.
 *
 * @param name of the database, unique in the page's origin
 * @example
 * const client = new Client({ url, token, store: indexedDbStore('chat-alice') });
 */
export function indexedDbStore(name: string): LocalStore {
  let open:
    | {
        readonly database: Database;
        readonly owner: number;
        readonly release: () => void;
        readonly lost: (reason: string) => void;
      }
    | undefined;
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
    sharedAs: name,

    async open(onLost) {
      if (open === undefined) {
        let isLost = false;
        const lost = (reason: string): void => {
          if (isLost) return;
          isLost = true;
          close();
          onLost(reason);
        };
        const release = await holdStoreLock(`stoa:${name}`, () => lost(takenOver));
        try {
          const opened = await openDatabase(name, lost);
          if (isLost) {
            opened.close();
            throw storeIsClosed();
          }
          const owner = await becomeOwner(opened);
          if (isLost) throw storeIsClosed();
          open = { release, database: opened, owner, lost };
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
      if (open === undefined) throw storeIsClosed();
      const { database, owner, lost } = open;
      // What is stored is acknowledged, so it must survive the loss of power.
      const writing = database.transaction(everything, 'readwrite', { durability: 'strict' });
      const requests: Promise<unknown>[] = [writing.done];
      // Asked together with the changes; they are undone when the answer is no.
      const isOwner = writing
        .objectStore('owner')
        .get('owner')
        .then((latest) => latest === owner || writing.abort());
      requests.push(isOwner);
      try {
        for (const change of changes) requests.push(...carryOut(writing, change));
      } catch (error) {
        // What cannot be cloned throws at once; the requests made before must not be committed.
        writing.abort();
        await Promise.allSettled(requests);
        throw error;
      }
      const [committed] = await Promise.allSettled(requests);
      if ((await isOwner.catch(() => true)) !== true) {
        lost(takenOver);
        throw storeIsClosed();
      }
      if (committed?.status === 'rejected') throw committed.reason;
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

    async profiles(users) {
      const reading = database().transaction('profiles');
      const found = await Promise.all(users.map((user) => reading.store.get(user)));
      return found.filter((record) => record !== undefined);
    },

    close: async () => close(),
  };
}

function openDatabase(name: string, lost: (reason: string) => void): Promise<Database> {
  return openDB<Schema>(name, 4, {
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
      if (from < 3) database.createObjectStore('owner');
      if (from < 4) database.createObjectStore('profiles', { keyPath: 'user' });
    },
    // A page with a newer version waits for this one to let go; or the browser removed the data.
    blocking: () => lost('A newer version of the application was opened in another page.'),
    terminated: () => lost('The browser closed the database.'),
  });
}

async function becomeOwner(database: Database): Promise<number> {
  const writing = database.transaction('owner', 'readwrite');
  const owner = ((await writing.store.get('owner')) ?? 0) + 1;
  await Promise.all([writing.store.put(owner, 'owner'), writing.done]);
  return owner;
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
        writing.objectStore('profiles').clear(),
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
    case 'profile':
      return [writing.objectStore('profiles').put(change.record)];
  }
}
