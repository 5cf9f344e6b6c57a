import { isPublicAddress } from '../address-ranges.ts';
import { addressesOf } from '../public-lookup.ts';
import type { Reach } from './guarded-get.ts';

/** The web: public addresses, and the ports of HTTP and HTTPS. */
export const publicReach: Reach = {
  lookup: addressesOf,
  mayReach: (address, port) => (port === 80 || port === 443) && isPublicAddress(address),
};
