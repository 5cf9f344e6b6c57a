/**
 * A process that appends as fast as it can until it is killed:
 * `node append-until-killed.ts <database> <file> <count>`, with the
 * file of an SQLite database or the address of one on a server. For every append that was resolved it adds a line to the
 * file (conversation, sender:device:id, place), and says so on its output when there are `count` of them.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { openSync, writeSync } from 'node:fs';
import { openPostgresStore } from '../postgres/open-postgres-store.ts';
import { openSqliteStore } from '../sqlite/open-sqlite-store.ts';

const [database = '', file = '', count = ''] = process.argv.slice(2);
const acknowledged = openSync(file, 'a');
let lines = 0;
const store = database.startsWith('postgres:')
  ? await openPostgresStore({ url: database, timeoutMs: 30_000 })
  : await openSqliteStore({ path: database });
const now = Date.now();
const { aid } = await store.apps.create({ name: 'crash', tokenHash: randomBytes(32), now });
const addresses = ['a', 'b', 'c', 'd'];
const users = await Promise.all(addresses.map((address) => store.users.upsert({ aid, address, now })));
const [receiver = 0, ...senders] = users.map(({ user }) => user.uid);

async function appendForever(sender: number, dev: number): Promise<never> {
  for (let id = 1; ; id++) {
    const { conv, seq } = await store.log.append({
      conversation: { kind: 'pair', aid, a: sender, b: receiver },
      sender,
      dev,
      id,
      ts: now,
      type: 0,
      flags: 0,
      localId: 0,
      ref: null,
      expiresAt: 0,
      content: new Uint8Array(100),
    });
    // Written at once: what is buffered would die with the process, and a loss would not be seen.
    writeSync(acknowledged, `${conv} ${sender}:${dev}:${id} ${seq}\n`);
    lines += 1;
    if (lines === Number(count)) console.log('enough');
  }
}

await Promise.all(senders.flatMap((sender) => [1, 2, 3, 4].map((dev) => appendForever(sender, dev))));
