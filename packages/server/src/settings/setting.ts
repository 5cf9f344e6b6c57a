import type { SettingType } from './setting-types.ts';

export type SettingGroup =
  | 'server'
  | 'storage'
  | 'first start'
  | 'limits'
  | 'calls'
  | 'push'
  | 'webhooks'
  | 'modules';

/** One setting. Its config-file key is its name in the table; its flag is that name in kebab case. */
export interface Setting<Value> {
  readonly group: SettingGroup;
  /** Environment variable. */
  readonly env: string;
  readonly type: SettingType<Value>;
  readonly fallback: Value;
  readonly description: string;
  /** It is a secret or may hold one: its value is never shown, not even in an error message. */
  readonly secret?: true;
}

/** Widens a setting without a default to one that may be absent. */
export function optional<Value>(entry: Omit<Setting<Value>, 'fallback'>): Setting<Value | null> {
  return { ...entry, fallback: null };
}

export function setting<Value>(entry: Setting<Value>): Setting<Value> {
  return entry;
}
