import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** Above those of media, and below the ports that systems give out by themselves, Linux from 32768 on and others from 49152. */
const first = 22_000;
const count = 10_000;
/** Each process begins elsewhere, so that two of them do not choose the same one at the same moment. */
let next = (process.pid * 997) % count;

/**
 * A port of 127.0.0.1 on which nobody listens. As no system gives it to anybody who asks for any port, it is there still
 * when it is used, and when a server is started on it again.
 */
export async function freePort(protocol: 'tcp' | 'udp'): Promise<number> {
  for (;;) {
    const port = first + (next++ % count);
    if (await (protocol === 'tcp' ? isFreeOfTcp(port) : isFreeOfUdp(port))) return port;
  }
}

function isFreeOfTcp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

function isFreeOfUdp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind(port, '127.0.0.1', () => socket.close(() => resolve(true)));
  });
}
