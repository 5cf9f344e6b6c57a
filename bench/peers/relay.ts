/**
 * The practical ceiling of Node: hands each message to its receiver and acknowledges it. Stores nothing, checks
 * nothing, knows no receipts.
 */
import { type WebSocket, WebSocketServer } from 'ws';

const sockets = new Map<string, WebSocket>();
const server = new WebSocketServer({ port: 0, perMessageDeflate: false, backlog: 4096 });

server.on('connection', (socket) => {
  let address = '';
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as { hello?: string; to?: string; id?: number };
    if (message.hello !== undefined) {
      address = message.hello;
      sockets.set(address, socket);
      socket.send('{"welcome":true}');
      return;
    }
    sockets.get(message.to ?? '')?.send(data.toString());
    socket.send(`{"ack":${message.id}}`);
  });
  socket.on('close', () => sockets.delete(address));
});

server.on('listening', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null)
    console.log(`ready at http://127.0.0.1:${address.port}`);
});
