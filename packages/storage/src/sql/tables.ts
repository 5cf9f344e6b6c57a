import type { Generated } from 'kysely';
import type { DeviceEnd } from '../store.ts';

/**
 * The tables that the repositories of this folder use, and of those that the message log owns the columns by which
 * they are cleaned up. Columns hold integers, text and bytes only (booleans are 0 and 1, JSON is text), which every
 * database has. Their meaning is that of the fields of the same name in the Store interface.
 */
export interface Tables {
  apps: AppsTable;
  users: UsersTable;
  tokens: TokensTable;
  otps: OtpsTable;
  devices: DevicesTable;
  settings: SettingsTable;
  conversations: { conv: number; aid: number };
  messages: { mid: number; conv: number };
  receipts: { conv: number; uid: number; kind: number; seq: number };
  device_cursors: { dev: number; conv: number };
}

export interface AppsTable {
  aid: Generated<number>;
  name: string;
  /** Null once the removal has begun. */
  token_hash: Uint8Array | null;
  settings: Generated<string>;
  created_at: number;
  /** 1 while its data is being removed: nothing finds it any more. */
  removed: Generated<number>;
}

export interface UsersTable {
  uid: Generated<number>;
  aid: number;
  address: string;
  name: string;
  active: number;
  flag: number;
  created_at: number;
  last_seen: Generated<number>;
  removed: Generated<number>;
}

export interface TokensTable {
  id: Generated<number>;
  uid: number;
  aid: number;
  hash: Uint8Array;
  app_name: string | null;
  expires_at: number | null;
  created_at: number;
}

export interface OtpsTable {
  aid: number;
  address: string;
  hash: Uint8Array;
  tries: number;
  reuse: number;
  expires_at: number;
}

export interface DevicesTable {
  dev: Generated<number>;
  uid: number;
  id: string;
  agent: string;
  /** What the device named when it last connected; null when it named none. */
  position: number | null;
  created_at: number;
  last_seen: number;
  token_id: number | null;
  run: string | null;
  sign_ins: Generated<number>;
  ended: DeviceEnd | null;
}

export interface SettingsTable {
  name: string;
  value: string;
}
