import { StoaError } from '@stoa/protocol';

/**
 * Address of the socket of a server.
 *
 * @throws StoaError BAD_REQUEST when it is not an http or https URL.
 * @example
 * socketUrl('https://chat.example.com'); // 'wss://chat.example.com/ws'
 */
export function socketUrl(base: string): string {
  const url = parse(base);
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new StoaError('BAD_REQUEST', `"${base}" is not the URL of a server.`, {
      hint: 'Give the base URL, such as https://chat.example.com.',
    });
  }
  url.protocol = url.protocol.replace('http', 'ws');
  url.pathname = `${url.pathname.replace(/\/$/, '')}/ws`;
  url.search = '';
  url.hash = '';
  return url.href;
}

/** The base URL of the server with this socket, without a slash at its end. */
export function serverUrlOf(socketUrl: string): string {
  return socketUrl.replace(/^ws/, 'http').replace(/\/ws$/, '');
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
