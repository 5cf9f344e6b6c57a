import {
  type LocalStore,
  memoryStore,
  memoryTransfers,
  type StoreSnapshot,
  type TransferStore,
} from '@stoa/client';

/**
 * A store that falls back to memory when it cannot be opened (no IndexedDB in a private window, a full or damaged
 * disk): the application works on, without remembering.
 *
 * @param after resolves when the client that used the store before has let it go.
 */
export function storeWithFallback(
  primary: LocalStore,
  after: Promise<void>,
  onOpened: (isKept: boolean) => void,
): LocalStore {
  let current = primary;
  return {
    // In memory it is shared, too: the tab that has the connection has it for all.
    ...(primary.sharedAs === undefined ? {} : { sharedAs: primary.sharedAs }),
    async open(onLost): Promise<StoreSnapshot> {
      await after;
      try {
        const snapshot = await current.open(onLost);
        onOpened(current === primary);
        return snapshot;
      } catch {
        current = memoryStore();
        onOpened(false);
        return current.open(onLost);
      }
    },
    apply: (changes) => current.apply(changes),
    message: (conversation, order) => current.message(conversation, order),
    messages: (conversation, range) => current.messages(conversation, range),
    disappearing: (limit) => current.disappearing(limit),
    profiles: (users) => current.profiles(users),
    close: () => current.close(),
  };
}

/** Files on their way that cannot be kept (no IndexedDB, no room for a large one) go on as long as the page is there. */
export function transfersWithFallback(primary: TransferStore): TransferStore {
  const memory = memoryTransfers();
  return {
    all: () => primary.all().catch(() => memory.all()),
    find: async (id) => (await primary.find(id).catch(() => undefined)) ?? memory.find(id),
    put: (record) => primary.put(record).catch(() => memory.put(record)),
    async remove(id) {
      await memory.remove(id);
      await primary.remove(id).catch(() => {});
    },
  };
}
