import type { OperationRequest } from '@stoa/protocol';
import type { Group } from '@stoa/storage';

/** What can be named of a group's settings; `expiry` and `extend` in seconds, an empty text removes. */
export type SettingsChange = Omit<OperationRequest<'groups.update'>, 'gid'>;

type Settings = Pick<Group, 'name' | 'flags' | 'settings' | 'expiresAt' | 'extendSeconds'>;

export const noSettings: Settings = { name: '', flags: 0, settings: {}, expiresAt: null, extendSeconds: 0 };

const kept = ['status', 'image', 'callFlags', 'callDuration', 'videoResolution'] as const;

/** The settings with those replaced that are named. */
/** `picture`: the uploaded file that `image` leads to, if it does. */
export function changedSettings(
  group: Settings,
  change: SettingsChange,
  now: number,
  picture: string | undefined,
): Settings {
  const settings: Record<string, unknown> = { ...group.settings };
  for (const name of kept) {
    const value = change[name];
    if (value === '') delete settings[name];
    else if (value !== undefined) settings[name] = value;
  }
  if (change.image !== undefined) {
    delete settings.picture;
    if (picture !== undefined) settings.picture = picture;
  }
  return {
    name: change.name ?? group.name,
    flags: change.flags ?? group.flags,
    settings,
    expiresAt: change.expiry === undefined ? group.expiresAt : endOf(change.expiry, now),
    extendSeconds: change.extend ?? group.extendSeconds,
  };
}

/** Seconds from now; null for 0, which is never. */
export const endOf = (seconds: number, now: number): number | null =>
  seconds === 0 ? null : now + seconds * 1000;
