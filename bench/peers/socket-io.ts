/**
 * The usual home-made chat: Socket.IO, and one SQLite insert per message, synced to disk before it is acknowledged.
 * It resumes as Socket.IO's own tutorial does: the client names the last message that it has. There are no receipts.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Server } from 'socket.io';

const database = new DatabaseSync(join(process.env.BENCH_DATA_DIR ?? '.', 'chat.sqlite'));
database.exec(`
  pragma journal_mode = wal;
  pragma synchronous = full;
  create table if not exists messages (
    number integer primary key, sender text not null, receiver text not null, id integer not null, text text not null);
  create unique index if not exists by_id on messages (sender, id);
  create index if not exists by_receiver on messages (receiver, number);`);
const insert = database.prepare(
  'insert into messages (sender, receiver, id, text) values (?, ?, ?, ?) on conflict do nothing',
);
const newer = database.prepare(
  'select number, sender, id, text from messages where receiver = ? and number > ? order by number',
);

interface Hello {
  readonly address: string;
  /** Number of the last message that the client has. */
  readonly offset: number;
}

const http = createServer();
const server = new Server(http, { transports: ['websocket'], perMessageDeflate: false, serveClient: false });

server.on('connection', (socket) => {
  const { address, offset } = socket.handshake.auth as Hello;
  socket.join(address);
  for (const message of newer.all(address, offset)) socket.emit('message', message);
  socket.emit('live');
  socket.on('send', (to: string, id: number, text: string, acknowledge: () => void) => {
    const { lastInsertRowid } = insert.run(address, to, id, text);
    acknowledge();
    server.to(to).emit('message', { number: Number(lastInsertRowid), sender: address, id, text });
  });
});

http.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  console.log(`ready at http://127.0.0.1:${(http.address() as AddressInfo).port}`);
});
