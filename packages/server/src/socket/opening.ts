import type { IncomingMessage } from 'node:http';

/** Why an opening handshake is refused. `status` may be followed by further header lines. */
export interface RefusedOpening {
  readonly status: string;
  readonly message: string;
}

const upgradeRequired = '426 Upgrade Required\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13';

/** What RFC 6455 (section 4.2) asks of the request, as far as the library does not see to it. */
export function refuseOpening(request: IncomingMessage): RefusedOpening | undefined {
  const { method, headers, httpVersionMajor, httpVersionMinor } = request;
  if (method !== 'GET') {
    return { status: '405 Method Not Allowed\r\nAllow: GET', message: 'A WebSocket is opened with GET.' };
  }
  const isWebSocket = headers.upgrade?.toLowerCase() === 'websocket';
  const isOldHttp = httpVersionMajor < 1 || (httpVersionMajor === 1 && httpVersionMinor < 1);
  if (!isWebSocket || isOldHttp || headers['sec-websocket-version'] !== '13') {
    return { status: upgradeRequired, message: 'Open a WebSocket of version 13 over HTTP/1.1.' };
  }
  return undefined;
}
