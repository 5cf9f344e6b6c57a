import { optional, setting } from './setting.ts';
import { oneOf, text, yesOrNo } from './setting-types.ts';

/** Settings of what wakes devices that are not connected. */
export const pushSettings = {
  pushContent: setting<'none' | 'sender' | 'full'>({
    group: 'push',
    env: 'STOA_PUSH_CONTENT',
    type: oneOf('none', 'sender', 'full'),
    fallback: 'full',
    description:
      'How much of a message is in the notification of a device that was not connected: nothing; who sent it and to which group; or the beginning of its text, too. Web Push encrypts it for the device, other providers read it.',
  }),
  pushContact: optional({
    group: 'push',
    env: 'STOA_PUSH_CONTACT',
    type: text('a mailto: or https: address', {
      pattern: /^(mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/,
      maximum: 255,
    }),
    description:
      'Address under which push services reach the operator of this server; some want a real one. When unset, admin at the host of the public URL.',
  }),
  pushPrivateAddresses: setting({
    group: 'push',
    env: 'STOA_PUSH_PRIVATE_ADDRESSES',
    type: yesOrNo,
    fallback: false,
    description:
      'Whether push services may be in a private network or on this machine, and be reached without TLS. Any user names the address of his push service: leave it off unless all of them are trusted.',
  }),
} as const;
