import { StoaError } from '@stoa/protocol';
import type { App } from '@stoa/storage';

const most = 1_000_000_000;

/**
 * Checks those of an app's free settings that the server itself looks at.
 *
 * @throws StoaError BAD_REQUEST
 */
export function checkAppSettings({ devicesPerUser: devices }: Readonly<Record<string, unknown>>): void {
  if (devices === undefined || isLimit(devices)) return;
  throw new StoaError('BAD_REQUEST', '"devicesPerUser" must be a whole number; 0 for no limit.');
}

/** Devices that a user of the app may have; undefined when the app leaves it to the server. */
export function devicesPerUser(app: App | undefined): number | undefined {
  const devices = app?.settings.devicesPerUser;
  return isLimit(devices) ? devices : undefined;
}

function isLimit(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= most;
}
