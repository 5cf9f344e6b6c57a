import { lookup } from 'node:dns/promises';
import { isPublicAddress } from '../address-ranges.ts';
import type { Reach } from './guarded-get.ts';

/** The web: public addresses, and the ports of HTTP and HTTPS. */
export const publicReach: Reach = {
  lookup: async (hostname) => (await lookup(hostname, { all: true })).map(({ address }) => address),
  mayReach: (address, port) => (port === 80 || port === 443) && isPublicAddress(address),
};
