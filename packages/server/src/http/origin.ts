import { StoaError } from '@stoa/protocol';
import type { FastifyRequest } from 'fastify';

const hostPattern = /^(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

/**
 * Scheme, host and port under which the client reached this server (as its trusted proxies report them).
 *
 * @throws StoaError BAD_REQUEST when the Host header is no host name.
 */
export function originOf(request: FastifyRequest): string {
  if (!hostPattern.test(request.host))
    throw new StoaError('BAD_REQUEST', 'The Host header is not a host name.');
  return `${request.protocol}://${request.host}`;
}

/** Whether a URL or an origin names this very machine. */
export function isLocalUrl(url: string): boolean {
  const { hostname } = new URL(url);
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127\./.test(hostname)
  );
}
