import { openAsBlob, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { env } from 'node:process';
import { memoryTransfers } from '@stoa/client';
import { sqliteStore } from '@stoa/client/sqlite';
import type { KeyStore } from './key-store.ts';
import type { Platform } from './platform.ts';
import { withoutSlash } from './server-of-script.ts';

/** A database is a pair of files: `<name>.db` and `<name>.keys.json`, by default in the working directory. */
export const platform: Platform = {
  database: (name, folder = '') => sqliteStore(join(folder, `${name}.db`)),
  // A process that ends has no file left that it could go on with: it is opened by its path.
  transfers: () => memoryTransfers(),
  file: (path) =>
    statSync(path, { throwIfNoEntry: false })?.isFile() === true
      ? openAsBlob(path).then((content) => new File([content], basename(path)))
      : undefined,
  keys: (name, folder = '') => fileKeyStore(join(folder, `${name}.keys.json`)),
  defaultServer: () => withoutSlash(env.STOA_PUBLIC_URL ?? 'http://localhost:8080'),
};

function fileKeyStore(path: string): KeyStore {
  const values = new Map<string, string>(Object.entries(read(path)));
  const write = () => {
    try {
      writeFileSync(path, JSON.stringify(Object.fromEntries(values)), { mode: 0o600 });
    } catch {
      // No such folder, or a full disk: they are kept until the process ends, like the messages.
    }
  };
  return {
    get: (key) => values.get(key),
    set(key, value) {
      values.set(key, value);
      write();
    },
    delete(key) {
      if (values.delete(key)) write();
    },
    list: (prefix) => [...values.keys()].filter((key) => key.startsWith(prefix)),
  };
}

function read(path: string): Record<string, string> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
}
