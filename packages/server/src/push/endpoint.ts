import { lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
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

/**
 * Looks a host name up for a connection, and finds public addresses only. What is asked and what is connected to is the
 * same answer, so that a name that changes its mind gains nothing.
 */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, found) => {
    if (error !== null) return callback(error, '', 0);
    const addresses = found.filter(({ address }) => isPublicAddress(address));
    const [first] = addresses;
    if (first === undefined) {
      return callback(new Error(`The host ${hostname} has no public address.`), '', 0);
    }
    if (options.all === true) return callback(null, addresses);
    callback(null, first.address, first.family);
  });
};
