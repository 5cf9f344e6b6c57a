import { isIP } from 'node:net';
import { StoaError } from '@stoa/protocol';
import { isPublicAddress } from '../address-ranges.ts';

/**
 * Checks where an app wants to be told.
 *
 * @throws StoaError BAD_REQUEST for what is no HTTPS address, or leads into a private network
 */
export function checkTarget(text: string, privateAddresses: boolean): URL {
  const url = URL.parse(text);
  if (url === null || !(url.protocol === 'https:' || (privateAddresses && url.protocol === 'http:'))) {
    throw new StoaError('BAD_REQUEST', '"url" must be an https address.', {
      hint: 'Set STOA_WEBHOOK_PRIVATE_ADDRESSES to allow http and private addresses.',
    });
  }
  if (url.username !== '' || url.password !== '') {
    throw new StoaError('BAD_REQUEST', '"url" must have no user name: requests are signed.');
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!privateAddresses && isIP(host) !== 0 && !isPublicAddress(host)) {
    throw new StoaError('BAD_REQUEST', '"url" must lead to a public address.', {
      hint: 'Set STOA_WEBHOOK_PRIVATE_ADDRESSES to allow private addresses.',
    });
  }
  return url;
}
