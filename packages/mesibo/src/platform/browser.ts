import { indexedDbStore } from '@stoa/client/indexed-db';
import { indexedDbTransfers } from '@stoa/client/indexed-db-transfers';
import { type KeyStore, memoryKeyStore } from './key-store.ts';
import type { Platform } from './platform.ts';
import { serverOfScript } from './server-of-script.ts';

// Only while the script runs does the document know which script it is.
const scriptUrl = typeof document === 'undefined' ? undefined : scriptOf(document.currentScript);

/** Pages, web workers and service workers. */
export const platform: Platform = {
  database: (name) => indexedDbStore(name),
  transfers: (database) => indexedDbTransfers(`${database}-files`),
  file(name) {
    const input = typeof document === 'undefined' ? null : document.getElementById(name);
    return input instanceof HTMLInputElement ? input.files?.[0] : undefined;
  },
  keys: (database) => localKeyStore(`stoa.${database}.`),
  defaultServer: () => serverOfScript(markedServer(), scriptUrl, globalThis.location?.href),
};

function scriptOf(element: Document['currentScript']): string | undefined {
  return element instanceof HTMLScriptElement && element.src !== '' ? element.src : undefined;
}

/** The address that the server writes at the head of the script that it serves. */
function markedServer(): string | undefined {
  const marked: unknown = Reflect.get(globalThis, '__stoaServer');
  return typeof marked === 'string' ? marked : undefined;
}

/** localStorage; memory where it is missing (workers) or forbidden (blocked cookies, full). */
function localKeyStore(prefix: string): KeyStore {
  const memory = memoryKeyStore();
  const storage = () => {
    try {
      return globalThis.localStorage as Storage | undefined;
    } catch {
      return undefined;
    }
  };
  return {
    get: (key) => memory.get(key) ?? storage()?.getItem(prefix + key) ?? undefined,
    set(key, value) {
      try {
        const target = storage();
        if (target === undefined) memory.set(key, value);
        else target.setItem(prefix + key, value);
      } catch {
        memory.set(key, value);
      }
    },
    delete(key) {
      memory.delete(key);
      storage()?.removeItem(prefix + key);
    },
    list(start) {
      const stored = Object.keys(storage() ?? {}).filter((key) => key.startsWith(prefix + start));
      return [...memory.list(start), ...stored.map((key) => key.slice(prefix.length))];
    },
  };
}
