import type { Generated } from 'kysely';
import type { DeviceEnd } from '../store.ts';
import type { AccessTables } from './access.ts';
import type { RoomLeaseTables } from './room-leases.ts';
import type { WebhookTables } from './webhook-tables.ts';

/**
 * The tables that the repositories of this folder use, and of those that the message log owns the columns by which
 * they are cleaned up. Columns hold integers, text and bytes only (booleans are 0 and 1, JSON is text), which every
 * database has. Their meaning is that of the fields of the same name in the Store interface.
 */
export interface Tables extends AccessTables, RoomLeaseTables, WebhookTables {
  apps: AppsTable;
  users: UsersTable;
  tokens: TokensTable;
  otps: OtpsTable;
  devices: DevicesTable;
  settings: SettingsTable;
  user_values: UserValuesTable;
  scheduled: ScheduledTable;
  erasures: ErasuresTable;
  files: FilesTable;
  file_uses: FileUsesTable;
  push_registrations: PushRegistrationsTable;
  profiles: ProfilesTable;
  push_sweep: { one: number; holder: string; held_until: number; mid: number };
  message_expiry: MessageExpiryTable;
  expiry_marker: ExpiryMarkerTable;
  conversations: { conv: number; aid: number };
  messages: MessagesTable;
  message_extras: MessageExtrasTable;
  message_marks: MessageMarksTable;
  log_state: { position: number };
  receipts: { conv: number; uid: number; kind: number; seq: number };
  device_cursors: { dev: number; conv: number };
  group_spans: { conv: number };
  chat_groups: { conv: number };
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
  /** Up to this message, `sweepOlder` has looked at everything. */
  swept_mid: Generated<number>;
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
  max_groups: Generated<number>;
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

export interface UserValuesTable {
  uid: number;
  key: string;
  /** Null marks a value that was removed. */
  value: Uint8Array | null;
  position: number;
  updated_at: number;
}

export interface ScheduledTable {
  sender: number;
  dev: number;
  id: number;
  at: number;
  /** Null when it was cancelled. */
  payload: Uint8Array | null;
  failed: string | null;
  /** When it was last handed out, or cancelled; 0 while it waits. */
  touched_at: Generated<number>;
}

/** Up to which of his messages, in the orders (dev, id) and (without id) mid, a user's erasure has come. */
export interface ErasuresTable {
  uid: number;
  dev: Generated<number>;
  id: Generated<number>;
  mid: Generated<number>;
}

export interface FilesTable {
  id: string;
  aid: number;
  uid: number;
  name: string;
  mime: Generated<string>;
  size: number;
  sha256: Uint8Array | null;
  /** 0 while being uploaded, 1 stored, 2 while its content is being removed. */
  state: Generated<number>;
  created_at: number;
  /** When it is next looked at whether it is in use. */
  check_at: number;
}

export interface FileUsesTable {
  file: string;
  sender: number;
  dev: number;
  id: number;
}

export interface PushRegistrationsTable {
  dev: number;
  uid: number;
  provider: string;
  target: string;
  p256dh: string | null;
  auth: string | null;
  voip: string | null;
  created_at: number;
}

export interface ProfilesTable {
  uid: number;
  aid: number;
  version: number;
  document: Uint8Array;
  picture: string | null;
  search: string | null;
}

/** Some of the columns that the message log owns. */
export interface MessagesTable {
  mid: number;
  conv: number;
  sender: number;
  dev: number;
  id: number | null;
  ts: number;
  expires_at: number;
  content: Uint8Array | null;
  /** See messageStates; null for most messages. */
  state: number | null;
}

/** Messages that may have to be emptied, in order of time. */
export interface MessageExpiryTable {
  expires_at: number;
  mid: number;
}

/** One row: up to which message `message_expiry` is complete. */
export interface ExpiryMarkerTable {
  mid: number;
}

/** What events have put on messages. */
export interface MessageMarksTable {
  mid: number;
  event: number;
  value: string;
  uid: number;
}

/** Of messages whose state is `extra`: what is special about them. */
export interface MessageExtrasTable {
  mid: number;
  event: number;
  due_at: number | null;
}
