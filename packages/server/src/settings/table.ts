import { parseNatsUrl } from '@stoa/bus';
import { isAddressRange } from '../address-ranges.ts';
import { moduleSettings } from './module-settings.ts';
import { previewSettings } from './preview-settings.ts';
import { pushSettings } from './push-settings.ts';
import { roomSettings } from './room-settings.ts';
import { s3Address } from './s3-address.ts';
import { optional, type Setting, setting } from './setting.ts';
import {
  listOf,
  oneOf,
  portRange,
  type Reading,
  type SettingType,
  text,
  webAddress,
  wholeNumber,
  yesOrNo,
} from './setting-types.ts';
import { webhookSettings } from './webhook-settings.ts';

/** A limit of this many; 0 switches it off. */
function limit(env: string, fallback: number, description: string): Setting<number> {
  const type = wholeNumber(0, 1_000_000_000);
  return { group: 'limits', env, type, fallback, description: `${description}; 0 for no limit.` };
}

const addressRange = text('an address or a range of addresses', { maximum: 64 });
const trustedProxy: SettingType<string> = {
  expects: addressRange.expects,
  read: (input) => {
    const reading = addressRange.read(input);
    return 'value' in reading && isAddressRange(reading.value) ? reading : { problem: '' };
  },
};

const database: SettingType<string> = {
  expects:
    'sqlite: followed by a file name, or an address such as postgres://user:password@host:5432/database',
  read: (input): Reading<string> => {
    const url = String(input).trim();
    const isPostgres = /^postgres(ql)?:\/\/./.test(url) && URL.canParse(url);
    return isPostgres || /^sqlite:./.test(url) ? { value: url } : { problem: `must be ${database.expects}` };
  },
};

const natsServers: SettingType<string> = {
  expects:
    'an address such as nats://host:4222 or tls://user:password@host, or several of them separated by commas',
  read: (input): Reading<string> => {
    const url = String(input).trim();
    try {
      parseNatsUrl(url);
      return { value: url };
    } catch {
      return { problem: `must be ${natsServers.expects}` };
    }
  },
};

const token = text('17 to 256 letters, digits, "-", "_", "." or "~"', {
  pattern: /^[A-Za-z0-9._~-]{17,256}$/,
});
const turnUrl = text('a TURN address', { pattern: /^(turns?|stuns?):[^\s,]+$/, maximum: 512 });

/** All settings of a node: environment variables, flags, config file, help and documentation come from here. */
export const settingTable = {
  port: setting({
    group: 'server',
    env: 'PORT',
    type: wholeNumber(0, 65_535),
    fallback: 8080,
    description: 'TCP port of everything: HTTP, WebSocket and the web applications; 0 takes any free one.',
  }),
  host: setting({
    group: 'server',
    env: 'HOST',
    type: text('an address or a host name', { maximum: 255, pattern: /^[A-Za-z0-9.:_%-]+$/ }),
    fallback: '0.0.0.0',
    description:
      'Address to listen on: 0.0.0.0 is every IPv4 address, :: every address, 127.0.0.1 this machine only.',
  }),
  publicUrl: optional({
    group: 'server',
    env: 'STOA_PUBLIC_URL',
    type: webAddress,
    description:
      'Address under which clients reach this server, when a proxy or a name stands in front of it.',
  }),
  trustedProxies: setting({
    group: 'server',
    env: 'STOA_TRUSTED_PROXIES',
    type: listOf(
      trustedProxy,
      'addresses or ranges such as 10.0.0.0/8, loopback or private, separated by commas',
    ),
    fallback: [],
    description: 'Proxies whose X-Forwarded-For, -Proto and -Host headers are believed.',
  }),
  tlsCertificate: optional({
    group: 'server',
    env: 'STOA_TLS_CERTIFICATE',
    type: text('the path of a PEM file'),
    description: 'Certificate chain; together with the key, the server speaks HTTPS and WSS itself.',
  }),
  tlsKey: optional({
    group: 'server',
    env: 'STOA_TLS_KEY',
    type: text('the path of a PEM file'),
    description: 'Private key of the certificate.',
  }),
  drainSeconds: setting({
    group: 'server',
    env: 'STOA_DRAIN_SECONDS',
    type: wholeNumber(0, 600),
    fallback: 5,
    description:
      'Time over which a node that is told to stop sends its clients to the other nodes. Without others it stops at once.',
  }),
  logLevel: setting({
    group: 'server',
    env: 'STOA_LOG_LEVEL',
    type: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    fallback: 'info',
    description: 'How much is logged.',
  }),
  demo: setting({
    group: 'server',
    env: 'STOA_DEMO',
    type: oneOf('auto', 'on', 'off'),
    fallback: 'auto',
    description:
      'Whether the first page lets anybody sign in as any user of the first app, without a password. auto: only from this machine, and only while the public URL is unset or local.',
  }),
  dataDir: setting({
    group: 'storage',
    env: 'STOA_DATA_DIR',
    type: text('the path of a folder'),
    fallback: './data',
    description: 'Folder of the embedded database; made when it does not exist.',
  }),
  databaseUrl: setting({
    group: 'storage',
    env: 'STOA_DATABASE_URL',
    type: database,
    fallback: 'sqlite:stoa.db',
    description:
      'The database: the embedded one in a file, relative to the data directory, or one on a PostgreSQL server, which several nodes can share.',
    secret: true,
  }),
  natsUrl: optional({
    group: 'storage',
    env: 'STOA_NATS_URL',
    type: natsServers,
    description:
      'The NATS servers that join several nodes, which share one PostgreSQL database. A node that cannot reach them goes on trying, and serves its users meanwhile.',
    secret: true,
  }),
  files: optional({
    group: 'storage',
    env: 'STOA_FILES',
    type: s3Address,
    description:
      'Where complete uploads are kept, if not in a folder: a bucket on a store that speaks S3. The keys are s3://key:secret@bucket, or what the environment says (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, a role).',
    secret: true,
  }),
  filesDir: optional({
    group: 'storage',
    env: 'STOA_FILES_DIR',
    type: text('the path of a folder'),
    description:
      'Folder of uploaded files; the folder files of the data directory when unset. Several nodes need one that they share, or STOA_FILES; then it has unfinished uploads only.',
  }),
  recordingsDir: optional({
    group: 'storage',
    env: 'STOA_RECORDINGS_DIR',
    type: text('the path of a folder'),
    description:
      'Folder of the recordings of rooms; the folder recordings of the data directory when unset. Of several nodes, each has its own, or all one that they share.',
  }),
  fileLinkHours: setting({
    group: 'storage',
    env: 'STOA_FILE_LINK_HOURS',
    type: wholeNumber(1, 100_000),
    fallback: 7 * 24,
    description: 'For how long a link to a file holds; clients ask for a new one by themselves.',
  }),
  appToken: optional({
    group: 'first start',
    env: 'STOA_APP_TOKEN',
    type: token,
    description: 'Token of the app that the first start creates, instead of a generated one.',
    secret: true,
  }),
  adminPassword: optional({
    group: 'first start',
    env: 'STOA_ADMIN_PASSWORD',
    type: text('8 to 256 characters', { minimum: 8, maximum: 256 }),
    description: 'Password of the administrator that the first start sets, instead of a generated one.',
    secret: true,
  }),
  retentionDays: setting({
    group: 'storage',
    env: 'STOA_RETENTION_DAYS',
    type: wholeNumber(0, 36_500),
    fallback: 0,
    description:
      'Days for which messages are kept; older ones lose their content. 0 for ever. The setting retention.days of an app counts before it.',
  }),
  recordingRetentionDays: setting({
    group: 'storage',
    env: 'STOA_RECORDING_RETENTION_DAYS',
    type: wholeNumber(0, 36_500),
    fallback: 0,
    description:
      'Days for which recordings of rooms are kept after their end; older ones are removed with all their files. 0 for ever.',
  }),
  messagesPerSecond: limit(
    'STOA_MESSAGES_PER_SECOND',
    100,
    'Messages that a user may send to one node in a second',
  ),
  connectionsPerAddress: limit(
    'STOA_CONNECTIONS_PER_ADDRESS',
    1000,
    'Sockets that an address may have open at one node',
  ),
  callsPerMinute: limit(
    'STOA_CALLS_PER_MINUTE',
    1000,
    'Calls of the back-end API (/backend, /api.php, /v1) that an address may make to one node in a minute',
  ),
  sessionsPerUser: limit(
    'STOA_SESSIONS_PER_USER',
    32,
    'Sessions that a user may have at one node at the same time',
  ),
  callInvitesPerMinute: limit(
    'STOA_CALL_INVITES_PER_MINUTE',
    30,
    'Voice and video calls that a user may begin in a minute',
  ),
  editSeconds: limit(
    'STOA_EDIT_SECONDS',
    3600,
    'Time in which a user may edit a message that he sent, in seconds. The setting retraction.editSeconds of an app counts before it',
  ),
  recallSeconds: limit(
    'STOA_RECALL_SECONDS',
    3600,
    'Time in which a user may recall a message that he sent, in seconds. The setting retraction.recallSeconds of an app counts before it',
  ),
  devicesPerUser: limit(
    'STOA_DEVICES_PER_USER',
    8,
    'Devices that a user may have; one more signs out the one that was seen last longest ago. The setting devicesPerUser of an app counts before it',
  ),
  fileMegabytes: limit(
    'STOA_FILE_MEGABYTES',
    100,
    'Size of a file that a user uploads, in megabytes of 1,000,000 bytes. The setting files.megabytes of an app counts before it',
  ),
  fileMegabytesPerUser: limit(
    'STOA_FILE_MEGABYTES_PER_USER',
    0,
    'Size of all files that a user has uploaded and that are not removed, in megabytes. The setting files.megabytesPerUser of an app counts before it',
  ),
  tokensPerUser: limit(
    'STOA_TOKENS_PER_USER',
    100,
    'Tokens that a user may have; issuing one more revokes the oldest',
  ),
  limitLoopback: setting({
    group: 'limits',
    env: 'STOA_LIMIT_LOOPBACK',
    type: yesOrNo,
    fallback: false,
    description: 'Whether the limits of rates and connections hold for clients on this machine too.',
  }),
  requestBytes: setting({
    group: 'limits',
    env: 'STOA_REQUEST_BYTES',
    type: wholeNumber(1024, 64 * 1024 * 1024),
    fallback: 1024 * 1024,
    description: 'Size of the body of an HTTP request, in bytes.',
  }),
  requestSeconds: setting({
    group: 'limits',
    env: 'STOA_REQUEST_SECONDS',
    type: wholeNumber(1, 3600),
    fallback: 30,
    description:
      'Time in which a client must have sent the whole of an HTTP request; of a file that it uploads, some of it each time.',
  }),
  mediaAddress: optional({
    group: 'calls',
    env: 'STOA_MEDIA_ADDRESS',
    type: text('an IP address or a host name', { maximum: 255, pattern: /^[A-Za-z0-9.:-]+$/ }),
    description:
      'Address at which clients reach the media ports, when it is not the address of this machine.',
  }),
  mediaPorts: setting({
    group: 'calls',
    env: 'STOA_MEDIA_PORTS',
    type: portRange,
    fallback: { first: 20_000, last: 20_999 },
    description: 'UDP ports of audio and video: two for everybody in a room who publishes and views.',
  }),
  mediaWorkers: optional({
    group: 'calls',
    env: 'STOA_MEDIA_WORKERS',
    type: wholeNumber(0, 256),
    description: 'Processes that forward audio and video; one per processor core when unset.',
  }),
  turnUrls: setting({
    group: 'calls',
    env: 'STOA_TURN_URLS',
    type: listOf(turnUrl, 'addresses such as turn:turn.example.com:3478, separated by commas'),
    fallback: [],
    description:
      'STUN and TURN servers, by which the two sides of a call find each other and which relay what no direct way leads to (see docs/deploy/turn.md).',
  }),
  turnSecret: optional({
    group: 'calls',
    env: 'STOA_TURN_SECRET',
    type: text('8 to 256 characters', { minimum: 8, maximum: 256 }),
    description: 'Secret that the TURN servers share with this server (REST API credentials).',
    secret: true,
  }),
  turnSeconds: setting({
    group: 'calls',
    env: 'STOA_TURN_SECONDS',
    type: wholeNumber(300, 30 * 24 * 3600),
    fallback: 12 * 3600,
    description:
      'For how long a client may use the TURN servers with the credentials that it gets, in seconds.',
  }),
  callRingSeconds: setting({
    group: 'calls',
    env: 'STOA_CALL_RING_SECONDS',
    type: wholeNumber(5, 600),
    fallback: 60,
    description: 'For how long a call rings.',
  }),
  callConnectSeconds: setting({
    group: 'calls',
    env: 'STOA_CALL_CONNECT_SECONDS',
    type: wholeNumber(5, 600),
    fallback: 30,
    description: 'Time in which the two sides must be connected after the answer.',
  }),
  callGraceSeconds: setting({
    group: 'calls',
    env: 'STOA_CALL_GRACE_SECONDS',
    type: wholeNumber(30, 3600),
    fallback: 60,
    description:
      'For how long a side that is lost may come back to its call. Clients report every 20 seconds.',
  }),
  callMinutes: setting({
    group: 'calls',
    env: 'STOA_CALL_MINUTES',
    type: wholeNumber(0, 100_000),
    fallback: 0,
    description: 'For how long a call may last; 0 for no limit.',
  }),
  ...roomSettings,
  ...previewSettings,
  ...pushSettings,
  ...webhookSettings,
  ...moduleSettings,
} as const;

type ValueOf<Entry> = Entry extends Setting<infer Value> ? Value : never;

export type SettingName = keyof typeof settingTable;

/** The value of every setting, by name. */
export type SettingValues = { readonly [Name in SettingName]: ValueOf<(typeof settingTable)[Name]> };

/** The table as a list, for whatever treats all settings alike. */
export const settingList: readonly (Setting<unknown> & {
  readonly name: SettingName;
  readonly flag: string;
})[] = Object.entries(settingTable).map(([name, entry]) => ({
  ...entry,
  name: name as SettingName,
  flag: `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
}));
