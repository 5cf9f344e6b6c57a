/**
 * A node that ignores the idempotency key: a repeated send is stored once more. A mutant that the crash test must
 * find; it is put in where a node is composed.
 * @module
 */
import { join } from 'node:path';
import { loadSettings, startNode } from '@stoa/server';
import { openSqliteStore, type Store } from '@stoa/storage';

const settings = loadSettings({ env: process.env });
const store = await openSqliteStore({ path: join(settings.dataDir, 'stoa.db') });
const node = await startNode({ settings, store: forgetful(store) });
console.log(`Stoa is ready at ${node.url}`);

function forgetful(real: Store): Store {
  // Beyond all ids that clients give, which begin with the time.
  let nextId = Date.now() * 2;
  return {
    ...real,
    log: {
      ...real.log,
      async append(message) {
        const appended = await real.log.append(message);
        return appended.duplicate ? real.log.append({ ...message, id: nextId++ }) : appended;
      },
    },
  };
}
