import type { Socket } from 'node:net';
import { StoaError } from '@stoa/protocol';
import { failureBody } from './failure.ts';

const statusLines: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** Answers a connection whose bytes are not HTTP, or came too late, before there is a request to answer. */
export function answerMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const known = statusLines[error.code ?? ''];
  const failure = new StoaError('BAD_REQUEST', known ?? 'The request is not well-formed HTTP.');
  const body = JSON.stringify(failureBody(failure));
  socket.end(
    `HTTP/1.1 ${known ?? '400 Bad Request'}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
