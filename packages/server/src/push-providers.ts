import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Clock } from './clock.ts';
import {
  type ActionTickets,
  Apns,
  apnsVoip,
  Fcm,
  type PushProvider,
  readApnsKey,
  readServiceAccount,
  type VapidKeys,
  Webhook,
  WebPush,
  webPush,
} from './push/index.ts';
import { type Settings, SettingsError } from './settings/index.ts';

export interface PushProvidersOptions {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly keys: VapidKeys;
  readonly contact: string;
  readonly tickets: ActionTickets;
}

/**
 * The push services that this node can use, by the names under which devices register.
 *
 * @throws SettingsError for key files that cannot be used, and settings that belong together
 */
export function pushProviders({ settings, clock, keys, contact, tickets }: PushProvidersOptions): {
  of(name: string): PushProvider | undefined;
  close(): void;
} {
  const privateAddresses = settings.pushPrivateAddresses;
  const known = new Map<string, PushProvider>([
    [
      webPush,
      new WebPush({ keys, contact, clock, privateAddresses, ticketFor: (ticket) => tickets.make(ticket) }),
    ],
  ]);
  if (settings.fcmKeyFile !== null) {
    const account = fromFile('STOA_FCM_KEY_FILE', settings.fcmKeyFile, readServiceAccount);
    known.set('fcm', new Fcm({ account, url: settings.fcmUrl, clock }));
  }
  const apns = apnsOf(settings, clock);
  if (apns !== undefined) for (const name of ['apns', apnsVoip]) known.set(name, apns);
  const { pushWebhookUrl: url, pushWebhookSecret: secret } = settings;
  if (url !== null && secret === null) throw missing('STOA_PUSH_WEBHOOK_SECRET', 'STOA_PUSH_WEBHOOK_URL');
  const others = url === null || secret === null ? undefined : new Webhook({ url, secret, clock });
  return {
    of: (name) => known.get(name) ?? others,
    close: () => {
      for (const provider of known.values()) provider.close?.();
    },
  };
}

function apnsOf(settings: Settings, clock: Clock): Apns | undefined {
  const {
    apnsKeyFile: file,
    apnsKeyId: keyId,
    apnsTeamId: teamId,
    apnsTopic: topic,
    apnsUrl: url,
  } = settings;
  if (file === null) return undefined;
  if (keyId === null) throw missing('STOA_APNS_KEY_ID', 'STOA_APNS_KEY_FILE');
  if (teamId === null) throw missing('STOA_APNS_TEAM_ID', 'STOA_APNS_KEY_FILE');
  if (topic === null) throw missing('STOA_APNS_TOPIC', 'STOA_APNS_KEY_FILE');
  const key = fromFile('STOA_APNS_KEY_FILE', file, readApnsKey);
  return new Apns({ key, keyId, teamId, topic, url, clock });
}

function fromFile<Read>(setting: string, path: string, read: (text: string) => Read): Read {
  let text: string;
  try {
    text = readFileSync(resolve(path), 'utf8');
  } catch {
    throw new SettingsError([{ setting, problem: `names the file ${path}, which cannot be read` }]);
  }
  try {
    return read(text);
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'cannot be used';
    throw new SettingsError([{ setting, problem: `names the file ${path}, which ${problem}` }]);
  }
}

function missing(setting: string, other: string): SettingsError {
  return new SettingsError([{ setting, problem: `must be set, because ${other} is` }]);
}
