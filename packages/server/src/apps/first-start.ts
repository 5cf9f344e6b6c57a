import { randomInt } from 'node:crypto';
import type { App } from '@stoa/storage';
import type { Administrator } from './administrator.ts';
import type { Apps } from './apps.ts';

export interface FirstStartOptions {
  readonly apps: Apps;
  readonly administrator: Administrator;
  /** What the operator wants instead of generated secrets. */
  readonly presets: { readonly appToken: string | null; readonly adminPassword: string | null };
}

/** What must be shown to the operator, because it is stored as a hash only: secrets that were generated just now. */
export interface FirstStart {
  readonly app?: App;
  readonly appToken?: string;
  readonly adminPassword?: string;
}

/** Easily confused letters and digits are left out: people copy it from a screen. */
const letters = 'abcdefghijkmnpqrstuvwxyz23456789';

/**
 * Sees to it that there is an app and an administrator. Each is made when it is missing, so that a start that was
 * interrupted is completed by the next one. `app` is set when an app was made now; a preset secret is not returned.
 */
export async function ensureFirstApp({
  apps,
  administrator,
  presets,
}: FirstStartOptions): Promise<FirstStart> {
  const adminPassword = presets.adminPassword ?? generatePassword();
  const isNew = await administrator.setFirstPassword(adminPassword);
  const password = isNew && presets.adminPassword === null ? { adminPassword } : {};
  if ((await apps.list()).length > 0) return password;
  const { app, token } = await apps.create('demo', presets.appToken ?? undefined);
  return { app, ...(presets.appToken === null ? { appToken: token } : {}), ...password };
}

/** 20 letters in groups of five: 100 random bits. */
function generatePassword(): string {
  const group = () => Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join('');
  return [group(), group(), group(), group()].join('-');
}
