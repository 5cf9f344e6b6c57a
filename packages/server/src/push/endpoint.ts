import { isIP } from 'node:net';
import { StoaError } from '@stoa/protocol';
import { isPublicAddress } from '../address-ranges.ts';

/**
 * Checks an address to which this server will send on behalf of a stranger.
 *
 * @throws StoaError BAD_FRAME for one that is no HTTPS address, or one that leads into a private network
 */
export function checkEndpoint(endpoint: string, privateAddresses: boolean): URL {
  const url = URL.parse(endpoint);
  if (url === null || !(url.protocol === 'https:' || (privateAddresses && url.protocol === 'http:'))) {
    throw new StoaError('BAD_FRAME', 'The endpoint of a push subscription is an https address.');
  }
  if (url.username !== '' || url.password !== '') {
    throw new StoaError('BAD_FRAME', 'The endpoint of a push subscription has no user name.');
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!privateAddresses && isIP(host) !== 0 && !isPublicAddress(host)) {
    throw new StoaError('BAD_FRAME', 'The endpoint of a push subscription is a public address.');
  }
  return url;
}
