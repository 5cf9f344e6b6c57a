import { setting } from './setting.ts';
import { wholeNumber, yesOrNo } from './setting-types.ts';

/** Settings of what tells the servers of apps what happens. */
export const webhookSettings = {
  webhookPrivateAddresses: setting({
    group: 'webhooks',
    env: 'STOA_WEBHOOK_PRIVATE_ADDRESSES',
    type: yesOrNo,
    fallback: false,
    description:
      'Whether webhooks may be in a private network or on this machine, and be reached without TLS. Whoever has an app token names their addresses.',
  }),
  webhookHours: setting({
    group: 'webhooks',
    env: 'STOA_WEBHOOK_HOURS',
    type: wholeNumber(1, 24 * 30),
    fallback: 24,
    description: 'For how long an event waits for a webhook that does not take it; then it is dropped.',
  }),
} as const;
