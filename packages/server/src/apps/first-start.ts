import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { App, SettingStore } from '@stoa/storage';
import type { Administrator } from './administrator.ts';
import type { Apps } from './apps.ts';

export interface FirstStartOptions {
  readonly apps: Apps;
  readonly administrator: Administrator;
  readonly settings: SettingStore;
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
 * interrupted is completed by the next one, and only once when several nodes start together. `app` is set when an app
 * was made now; a preset secret is not returned.
 */
export async function ensureFirstApp({
  apps,
  administrator,
  settings,
  presets,
}: FirstStartOptions): Promise<FirstStart> {
  const adminPassword = presets.adminPassword ?? generatePassword();
  const isNew = await administrator.setFirstPassword(adminPassword);
  const password = isNew && presets.adminPassword === null ? { adminPassword } : {};
  if (!(await isMineToMake(apps, settings))) return password;
  const { app, token } = await apps.create('demo', presets.appToken ?? undefined);
  return { app, ...(presets.appToken === null ? { appToken: token } : {}), ...password };
}

/**
 * Whether there is no app, and this node is the one to make it. Nodes claim it one after the other: each waits a while
 * for the one before it, which may have died.
 */
async function isMineToMake(apps: Apps, settings: SettingStore): Promise<boolean> {
  for (let claim = 0; ; claim++) {
    if ((await apps.list()).length > 0) return false;
    const mine = `${Date.now()} ${randomUUID()}`;
    const holder = await settings.setOnce(`first-app/${claim}`, mine);
    if (holder === mine) return true;
    const until = Math.min(Number.parseInt(holder, 10), Date.now()) + patienceMs;
    while (Date.now() < until) {
      if ((await apps.list()).length > 0) return false;
      await delay(50);
    }
  }
}

const patienceMs = 10_000;

/** 20 letters in groups of five: 100 random bits. */
function generatePassword(): string {
  const group = () => Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join('');
  return [group(), group(), group(), group()].join('-');
}
