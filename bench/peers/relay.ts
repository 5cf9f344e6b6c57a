/**
 * The practical ceiling of Node: hands each message to its receiver, or to all of a group, and acknowledges it. Stores nothing, checks
 * nothing, knows no receipts.
 */
import { type WebSocket, WebSocketServer } from 'ws';

const sockets = new Map<string, WebSocket>();
const rooms = new Map<number, WebSocket[]>();
const server = new WebSocketServer({ port: 0, perMessageDeflate: false, backlog: 4096 });

server.on('connection', (socket) => {
  let address = '';
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as {
      hello?: string;
      to?: string;
      group?: number;
      id?: number;
    };
    if (message.hello !== undefined) {
      address = message.hello;
      sockets.set(address, socket);
      socket.send('{"welcome":true}');
      return;
    }
    if (message.group === undefined) sockets.get(message.to ?? '')?.send(data.toString());
    else {
      const text = data.toString();
      for (const member of roomOf(message.group)) member.send(text);
    }
    socket.send(`{"ack":${message.id}}`);
  });
  socket.on('close', () => sockets.delete(address));
});

/** So many users behind the first one, as they were when somebody wrote to them first. */
function roomOf(size: number): readonly WebSocket[] {
  let room = rooms.get(size);
  if (room === undefined) {
    room = Array.from({ length: size }, (_, index) => sockets.get(`user-${index + 1}`)).filter(
      (socket) => socket !== undefined,
    );
    rooms.set(size, room);
  }
  return room;
}

server.on('listening', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null)
    console.log(`ready at http://127.0.0.1:${address.port}`);
});
