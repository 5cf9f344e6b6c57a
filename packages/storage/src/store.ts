import type { AccessStore } from './store-access.ts';
import type { FileRecordStore } from './store-files.ts';
import type { GroupStore } from './store-groups.ts';
import type { Conversation, MessageLog } from './store-messages.ts';
import type { ErasureStore, ScheduleStore, UserValueStore } from './store-personal.ts';
import type { ProfileStore } from './store-profiles.ts';
import type { PushStore, PushSweepStore } from './store-push.ts';
import type { RoomLeaseStore } from './store-rooms.ts';
import type { WebhookStore } from './store-webhooks.ts';

export * from './store-access.ts';
export * from './store-files.ts';
export * from './store-groups.ts';
export * from './store-messages.ts';
export * from './store-personal.ts';
export * from './store-profiles.ts';
export * from './store-push.ts';
export * from './store-rooms.ts';
export * from './store-webhooks.ts';

/**
 * What the server asks of a database. Two promises hold for every implementation, and the contract suite
 * (`@stoa/storage/contract`) holds it to them:
 *
 * - a promise returned by a writing method resolves only after the change is committed *and* synced to disk;
 * - `seq` in a conversation is gap-free; appends and cursor advances that are asked for one after the other take
 *   effect in that order, also when nobody waits for the first before asking for the second.
 *
 * Times are milliseconds since 1970 and come from the caller: a store has no clock of its own.
 */
export interface Store {
  readonly apps: AppStore;
  readonly users: UserStore;
  readonly tokens: TokenStore;
  readonly otps: OtpStore;
  readonly devices: DeviceStore;
  readonly log: MessageLog;
  readonly cursors: CursorStore;
  readonly groups: GroupStore;
  readonly values: UserValueStore;
  readonly schedule: ScheduleStore;
  readonly erasures: ErasureStore;
  readonly files: FileRecordStore;
  readonly push: PushStore;
  readonly profiles: ProfileStore;
  readonly pushSweep: PushSweepStore;
  readonly webhooks: WebhookStore;
  readonly access: AccessStore;
  readonly roomLeases: RoomLeaseStore;
  readonly settings: SettingStore;
  /** Resolves when the database answers; rejects otherwise. */
  ping(): Promise<void>;
  /** Waits for what is under way, then releases everything. Idempotent. */
  close(): Promise<void>;
}

export interface App {
  readonly aid: number;
  readonly name: string;
  /** Free settings of the app (webhook, push …), as JSON. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly createdAt: number;
}

export interface AppStore {
  create(app: { name: string; tokenHash: Uint8Array; now: number }): Promise<App>;
  find(aid: number): Promise<App | undefined>;
  findByToken(tokenHash: Uint8Array): Promise<App | undefined>;
  list(): Promise<App[]>;
  /** Undefined when there is no such app. */
  update(
    aid: number,
    change: { name?: string; tokenHash?: Uint8Array; settings?: Record<string, unknown> },
  ): Promise<App | undefined>;
  /** Removes the app with its users, tokens, devices and conversations. False when there is none. */
  remove(aid: number): Promise<boolean>;
}

export interface User {
  /** Unique on this server, below 2^32, never used again. */
  readonly uid: number;
  readonly aid: number;
  /** Unique in the app among users that were not removed. */
  readonly address: string;
  readonly name: string;
  readonly active: boolean;
  readonly flag: number;
  readonly createdAt: number;
  /** When the user's last connection ended; 0 when he never was online. */
  readonly lastSeen: number;
  /** True for a user who was removed; his messages stay in the conversations of others. */
  readonly removed: boolean;
  /** Groups that he may own when he makes another one; 0 for any number. */
  readonly maxGroups: number;
}

export interface UserStore {
  /** Makes the user, or changes the one who has this address. Fields that are not given keep their value (default: name '', active, flag 0, any number of groups). */
  upsert(user: {
    aid: number;
    address: string;
    name?: string;
    active?: boolean;
    flag?: number;
    maxGroups?: number;
    now: number;
  }): Promise<{ user: User; created: boolean }>;
  /** Never finds removed users. */
  findByAddress(aid: number, address: string): Promise<User | undefined>;
  /** Finds removed users too, so that old messages keep their sender. */
  find(uid: number): Promise<User | undefined>;
  update(
    uid: number,
    change: { name?: string; active?: boolean; flag?: number; lastSeen?: number; maxGroups?: number },
  ): Promise<User | undefined>;
  /** Marks the user removed and deletes his tokens, devices, values and scheduled messages. False when there is none. */
  remove(uid: number): Promise<boolean>;
  /** Ascending by address, from after `after`. `pattern` may contain `*`. */
  list(query: { aid: number; pattern?: string; after?: string; limit: number }): Promise<User[]>;
}

export interface UserToken {
  readonly id: number;
  readonly uid: number;
  readonly aid: number;
  /** App name that the client must declare; null when any will do. */
  readonly appName: string | null;
  /** Null when it never expires. */
  readonly expiresAt: number | null;
  readonly createdAt: number;
}

export interface TokenStore {
  add(token: {
    uid: number;
    aid: number;
    hash: Uint8Array;
    appName: string | null;
    expiresAt: number | null;
    now: number;
  }): Promise<UserToken>;
  find(hash: Uint8Array): Promise<UserToken | undefined>;
  list(uid: number): Promise<UserToken[]>;
  /** Devices that signed in with it are not woken any more. False when there is none. */
  removeById(uid: number, id: number): Promise<boolean>;
  /** No device of the user is woken any more. Number of tokens removed. */
  removeAll(uid: number): Promise<number>;
  /** Removes tokens that expired before `now`, at most `limit`; number removed, 0 when none is left. */
  sweep(now: number, limit: number): Promise<number>;
}

export interface OtpStore {
  /** Keeps one code per address, replacing an older one. */
  set(otp: {
    aid: number;
    address: string;
    hash: Uint8Array;
    tries: number;
    reuse: number;
    expiresAt: number;
  }): Promise<void>;
  /**
   * Compares and counts in one step: a wrong code uses up a try, a right one a reuse; the code is gone when either
   * is used up or it has expired.
   */
  consume(otp: {
    aid: number;
    address: string;
    hash: Uint8Array;
    now: number;
  }): Promise<'ok' | 'wrong' | 'none'>;
  /** Removes codes that expired before `now`, at most `limit`; number removed, 0 when none is left. */
  sweep(now: number, limit: number): Promise<number>;
}

export interface Device {
  /** Unique on this server. */
  readonly dev: number;
  readonly uid: number;
  /** The random id that the device gave itself. */
  readonly id: string;
  readonly agent: string;
  readonly createdAt: number;
  /** When it last signed in or was seen. */
  readonly lastSeen: number;
  /** The token with which it last signed in. */
  readonly tokenId: number | null;
  /** The run that it named then; null when it named none. */
  readonly run: string | null;
  /** How often it has signed in: tells a sign-in from later ones. */
  readonly signIns: number;
  /** Why it is none of the user's devices any more; null while it is one. */
  readonly ended: DeviceEnd | null;
}

/** - `displaced`: by one device too many. - `signedOut`: by the user or the operator. */
export type DeviceEnd = 'displaced' | 'signedOut';

/** A device that wants to sign in. */
export interface OpeningDevice {
  readonly uid: number;
  readonly id: string;
  readonly agent: string;
  readonly position: number | undefined;
  readonly tokenId?: number;
  readonly run?: string | undefined;
  /** Devices that the user may have; 0 or absent for any number. */
  readonly limit?: number;
  /** Numbers of devices that are connected. */
  readonly online?: readonly number[];
  readonly now: number;
}

/** What became of it. */
export interface OpenedDevice extends Device {
  readonly admitted: boolean;
  readonly displaced: readonly Device[];
}

export interface DeviceStore {
  /**
   * Finds or makes the device and signs it in. When it names an older position than the last time (its store was restored
   * from an older copy) or none although it named one before, its received cursors are forgotten, so that it is sent
   * everything again.
   *
   * A device that was displaced is admitted with another run than before, or without one; a device that was signed out,
   * with another token. What is not admitted is not changed.
   *
   * Devices of the user beyond the limit are displaced in the same step: first those that are not online, among them the
   * one seen last longest ago. Of sign-ins at the same time one comes after the other.
   */
  open(device: OpeningDevice): Promise<OpenedDevice>;
  /** Finds devices that have ended, too. */
  find(uid: number, dev: number): Promise<Device | undefined>;
  /** Those that have not ended. */
  list(uid: number): Promise<Device[]>;
  /** Moves `lastSeen` forward, never back. */
  seen(devices: readonly { readonly dev: number; readonly at: number }[]): Promise<void>;
  /**
   * Ends the device, and removes the token of its last sign-in unless another device, signed in or displaced, used it last.
   * Undefined when there is no such device; once more when it was signed out already.
   */
  signOut(uid: number, dev: number): Promise<{ device: Device; revokedToken: number | null } | undefined>;
  /** Forgets devices that have ended, but for the `keep` that were seen last. */
  forgetEnded(uid: number, keep: number): Promise<void>;
  /** Forgets the device; its number is not given again. False when there is none. */
  remove(uid: number, dev: number): Promise<boolean>;
}

/** Cumulative: everything up to the place. Times are those of the last advance; 0 before the first. */
export interface MemberCursors {
  readonly uid: number;
  /** Stored by at least one of the member's devices. */
  readonly delivered: number;
  readonly deliveredAt: number;
  /** Read, and others may know. */
  readonly read: number;
  readonly readAt: number;
  /** Read, known to the member's own devices only; never behind `read`. */
  readonly seen: number;
}

export interface CursorAdvance {
  readonly conv: number;
  readonly uid: number;
  /** Device number of the user; 0 (or a device that is gone) moves the member's cursors only. */
  readonly dev: number;
  /** `received`: the device stored it; `seen`: read without receipt; `read`: read with receipt. */
  readonly kind: 'received' | 'seen' | 'read';
  /** A place beyond the newest message counts as the newest. */
  readonly seq: number;
  readonly now: number;
  /** Notes for webhooks what moves of what others may know, in the same step (see WebhookNote). */
  readonly noted?: true;
}

/** Places to which the member's cursors moved; absent where they did not. */
export interface CursorMoves {
  readonly delivered?: number;
  readonly read?: number;
  readonly seen?: number;
}

export interface ConversationForDevice extends Conversation {
  /** How far this device has received; null when it never received anything here. */
  readonly received: number | null;
  readonly own: MemberCursors;
  /** Cursors of the other one of a pair; null in groups and notes to oneself. */
  readonly peer: MemberCursors | null;
}

export interface CursorStore {
  /** Reading implies delivery to the member. Concurrent advances share one commit. Resolves to {} for a non-member. */
  advance(advance: CursorAdvance): Promise<CursorMoves>;
  /** The conversation as one device of a member sees it; undefined when there is none or he is no member. */
  forDevice(conv: number, uid: number, dev: number): Promise<ConversationForDevice | undefined>;
  /**
   * Conversations of the user in which something (messages or cursors) changed after `position`, newest message first.
   * The returned position covers everything read, and misses nothing that commits later. Who pages with `before` goes
   * on from the position of the first page: what changes meanwhile moves to the front, where later pages do not look.
   */
  changed(query: {
    uid: number;
    dev: number;
    position: number;
    limit: number;
    before?: { lastAt: number; conv: number };
  }): Promise<{
    position: number;
    conversations: ConversationForDevice[];
  }>;
  /** When the member's cursors first reached `seq`; null where they have not. */
  times(
    conv: number,
    uid: number,
    seq: number,
  ): Promise<{ deliveredAt: number | null; readAt: number | null }>;
}

/** Small values of the installation itself (hash of the administrator's password, VAPID keys …). */
export interface SettingStore {
  get(name: string): Promise<string | undefined>;
  set(name: string, value: string): Promise<void>;
  /** Sets it only when it is absent; resolves to the value that holds. */
  setOnce(name: string, value: string): Promise<string>;
}

/**
 * The store cannot do it now (disk full, database away). The caller may try again later. Nothing was acknowledged, but
 * when the answer to a commit was lost, it was made: a repeated send is recognised by its id, and one without an id is
 * appended again.
 */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}
