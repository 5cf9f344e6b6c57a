import { StoaError } from '@stoa/protocol';
import type { FastifyInstance } from 'fastify';
import { sendFailure } from './failure.ts';

/** Tells who asks for the socket as for a page that it has to be opened as a WebSocket. */
export function socketRoute(app: FastifyInstance): void {
  app.get('/ws', (_request, reply) => {
    reply.headers({ upgrade: 'websocket', 'sec-websocket-version': '13' });
    const error = new StoaError('BAD_REQUEST', 'This is the address of a WebSocket.', {
      hint: 'Open it as a WebSocket; proxies on the way must pass the Upgrade header on.',
    });
    return sendFailure(reply, { status: 426, error });
  });
}
