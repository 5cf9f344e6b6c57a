/**
 * A process that appends as fast as it can until it is killed: `node append-until-killed.ts <database>`.
 * For every append that was resolved it prints one line: conversation, id of the send, place.
 * @module
 */
import { writeSync } from 'node:fs';
import { openSqliteStore } from '../open-sqlite-store.ts';

const [path = ''] = process.argv.slice(2);
const store = await openSqliteStore({ path });
const now = Date.now();
const { aid } = await store.apps.create({ name: 'crash', tokenHash: new Uint8Array(32), now });
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
    // Written at once: what is buffered would die with the process and hide a loss.
    writeSync(1, `${conv} ${sender}:${dev}:${id} ${seq}\n`);
  }
}

await Promise.all(senders.flatMap((sender) => [1, 2, 3, 4].map((dev) => appendForever(sender, dev))));
