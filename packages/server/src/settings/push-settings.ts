import { setting } from './setting.ts';
import { yesOrNo } from './setting-types.ts';

/** Settings of what wakes devices that are not connected. */
export const pushSettings = {
  pushPrivateAddresses: setting({
    group: 'push',
    env: 'STOA_PUSH_PRIVATE_ADDRESSES',
    type: yesOrNo,
    fallback: false,
    description:
      'Whether push services may be in a private network or on this machine, and be reached without TLS. Any user names the address of his push service: leave it off unless all of them are trusted.',
  }),
} as const;
