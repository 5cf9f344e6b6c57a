import { StoaError } from '@stoa/protocol';
import type { App } from '@stoa/storage';

const most = 1_000_000_000;

type Settings = Readonly<Record<string, unknown>>;

/** What an app sets about changing sent messages; what is absent is left to the server. */
interface RetractionSettings {
  readonly editSeconds?: number;
  readonly recallSeconds?: number;
  readonly policy?: (typeof retractionPolicies)[number];
}

const retractionPolicies = ['own', 'unread', 'never'] as const;

/**
 * Checks those of an app's free settings that the server itself looks at.
 *
 * @throws StoaError BAD_REQUEST
 */
export function checkAppSettings({ devicesPerUser, retraction, retention, files }: Settings): void {
  checkLimit('devicesPerUser', devicesPerUser);
  const { editSeconds, recallSeconds, policy } = checkMap('retraction', retraction);
  checkLimit('retraction.editSeconds', editSeconds);
  checkLimit('retraction.recallSeconds', recallSeconds);
  if (policy !== undefined && !isPolicy(policy)) {
    throw new StoaError(
      'BAD_REQUEST',
      `"retraction.policy" must be one of ${retractionPolicies.map((name) => `"${name}"`).join(', ')}.`,
    );
  }
  checkLimit('retention.days', checkMap('retention', retention).days);
  const { megabytes, megabytesPerUser, types } = checkMap('files', files);
  checkLimit('files.megabytes', megabytes);
  checkLimit('files.megabytesPerUser', megabytesPerUser);
  if (types !== undefined && !isTypes(types)) {
    throw new StoaError(
      'BAD_REQUEST',
      '"files.types" must be a list of beginnings of types such as "image/".',
    );
  }
}

/** Devices that a user of the app may have; undefined when the app leaves it to the server. */
export function devicesPerUser(app: App | undefined): number | undefined {
  return limitOr(app?.settings.devicesPerUser);
}

export function retractionSettings(app: App | undefined): RetractionSettings {
  const { editSeconds, recallSeconds, policy } = mapOr(app?.settings.retraction);
  return {
    ...(isLimit(editSeconds) && { editSeconds }),
    ...(isLimit(recallSeconds) && { recallSeconds }),
    ...(isPolicy(policy) && { policy }),
  };
}

/** Days for which the app's messages are kept; undefined when the app leaves it to the server. */
export function retentionDays(app: App | undefined): number | undefined {
  return limitOr(mapOr(app?.settings.retention).days);
}

/** What an app sets about files; what is absent is left to the server. */
interface FileSettings {
  readonly megabytes?: number;
  readonly megabytesPerUser?: number;
  /** Beginnings of the types that are accepted. */
  readonly types?: readonly string[];
}

export function fileSettings(app: App | undefined): FileSettings {
  const { megabytes, megabytesPerUser, types } = mapOr(app?.settings.files);
  return {
    ...(isLimit(megabytes) && { megabytes }),
    ...(isLimit(megabytesPerUser) && { megabytesPerUser }),
    ...(isTypes(types) && { types }),
  };
}

function checkLimit(name: string, value: unknown): void {
  if (value === undefined || isLimit(value)) return;
  throw new StoaError('BAD_REQUEST', `"${name}" must be a whole number; 0 for no limit.`);
}

function checkMap(name: string, value: unknown): Settings {
  if (value !== undefined && !isMap(value))
    throw new StoaError('BAD_REQUEST', `"${name}" must be an object.`);
  return value ?? {};
}

const mapOr = (value: unknown): Settings => (isMap(value) ? value : {});
const limitOr = (value: unknown): number | undefined => (isLimit(value) ? value : undefined);

function isMap(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isLimit(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= most;
}

function isTypes(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) &&
    value.length <= 100 &&
    value.every((type) => typeof type === 'string' && type.length >= 1 && type.length <= 127)
  );
}

const isPolicy = (value: unknown): value is (typeof retractionPolicies)[number] =>
  retractionPolicies.some((policy) => policy === value);
