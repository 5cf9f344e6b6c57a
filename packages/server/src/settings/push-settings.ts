import { optional, setting } from './setting.ts';
import { oneOf, text, webAddress, yesOrNo } from './setting-types.ts';

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
  fcmKeyFile: optional({
    group: 'push',
    env: 'STOA_FCM_KEY_FILE',
    type: text('the path of a JSON file'),
    description:
      'Key file of a Google service account that may send over Firebase Cloud Messaging, to devices that register as fcm.',
  }),
  fcmUrl: setting({
    group: 'push',
    env: 'STOA_FCM_URL',
    type: webAddress,
    fallback: 'https://fcm.googleapis.com',
    description: 'Where Firebase Cloud Messaging is reached.',
  }),
  apnsKeyFile: optional({
    group: 'push',
    env: 'STOA_APNS_KEY_FILE',
    type: text('the path of a .p8 file'),
    description:
      'Key by which Apple knows who sends to devices that register as apns or apns-voip; together with the three settings that follow.',
  }),
  apnsKeyId: optional({
    group: 'push',
    env: 'STOA_APNS_KEY_ID',
    type: text('ten letters and digits', { pattern: /^[A-Z0-9]{10}$/ }),
    description: 'Id of that key.',
  }),
  apnsTeamId: optional({
    group: 'push',
    env: 'STOA_APNS_TEAM_ID',
    type: text('ten letters and digits', { pattern: /^[A-Z0-9]{10}$/ }),
    description: 'Team to which the key belongs.',
  }),
  apnsTopic: optional({
    group: 'push',
    env: 'STOA_APNS_TOPIC',
    type: text('a bundle id such as com.example.chat', { pattern: /^[A-Za-z0-9.-]+$/, maximum: 155 }),
    description: 'Bundle id of the application.',
  }),
  apnsUrl: setting({
    group: 'push',
    env: 'STOA_APNS_URL',
    type: webAddress,
    fallback: 'https://api.push.apple.com',
    description:
      'Where the push service of Apple is reached; https://api.sandbox.push.apple.com for applications in development.',
  }),
  pushWebhookUrl: optional({
    group: 'push',
    env: 'STOA_PUSH_WEBHOOK_URL',
    type: webAddress,
    description:
      'Address that gets the notes for devices which register with a provider that this server does not know, signed with the secret.',
  }),
  pushWebhookSecret: optional({
    group: 'push',
    env: 'STOA_PUSH_WEBHOOK_SECRET',
    type: text('16 to 256 characters', { minimum: 16, maximum: 256 }),
    description: 'Secret by which the webhook knows that a note comes from this server.',
    secret: true,
  }),
} as const;
