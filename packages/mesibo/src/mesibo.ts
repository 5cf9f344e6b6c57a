import { servePictures } from '@stoa/client/service-worker';
import { StoaError } from '@stoa/protocol';
import {
  MESIBO_STATUS_AUTHFAIL,
  MESIBO_STATUS_ONLINE,
  MESIBO_STATUS_STOPPED,
  MESIBO_STATUS_SUSPEND,
} from './constants/connection.ts';
import { MESIBO_RESULT_AUTHFAIL, MESIBO_RESULT_OK } from './constants/result.ts';
import { shareContext } from './context.ts';
import { MesiboDateTime } from './date-time.ts';
import { MesiboHttpRequest } from './http-request.ts';
import { internal } from './internal.ts';
import { guarded, type MesiboListener } from './listeners.ts';
import { MesiboV1 } from './mesibo-v1.ts';
import { fileTypeOf } from './messages/file-type.ts';
import type { MessageReader } from './messages/message-reader.ts';
import type { V1Params } from './messages/v1-params.ts';
import { withoutSlash } from './platform/server-of-script.ts';
import { setAudience, setInForeground, setMode, setOnline } from './presence/online-status.ts';
import type { MesiboProfile } from './profiles/profile.ts';
import { PushTokens } from './push-tokens.ts';
import { randomId } from './random-id.ts';
import { version } from './version.ts';

/** User tokens are longer than this. */
const shortestToken = 16;

/** What mesibo's login pages send as the type of a web client. */
const webDevice = 5;

/**
 * The mesibo API, v1 and v2 generations.
 *
 * @example
 * const api = new Mesibo();
 * api.setAppName('com.example.app');
 * api.setCredentials(token);
 * api.setListener({ Mesibo_onMessage: (m) => console.log(m?.message) });
 * api.setDatabase('mesibo');
 * api.start();
 */
export class Mesibo extends MesiboV1 {
  private static shared: Mesibo | undefined;

  /** The same instance every time. */
  static getInstance(): Mesibo {
    Mesibo.shared ??= new Mesibo();
    return Mesibo.shared;
  }

  static printVersion(...notes: unknown[]): void {
    console.log('Stoa mesibo API', version, ...notes);
  }

  /** For the service worker of an application: keeps the pictures of messages, which then show without a connection. */
  static initServiceWorker(caches?: unknown, scope?: unknown): void {
    const isScope = typeof EventTarget !== 'undefined' && scope instanceof EventTarget;
    if (isScope && isCacheStorage(caches)) servePictures(scope, caches);
  }

  private startedAt = 0;
  private readonly pushTokens = new PushTokens();

  constructor() {
    super();
    shareContext(this[internal]);
  }

  /** The app name that the token was issued for. */
  setAppName(name: string): void {
    this[internal].configure({ appName: name || undefined });
  }
  setAppId(name: string): void {
    this.setAppName(name);
  }
  getAppName(): string {
    return this[internal].settings.appName ?? '';
  }

  /**
   * The user token from the back end.
   *
   * @returns false when it cannot be one.
   */
  setCredentials(token: string, _uid = 0): boolean {
    if (typeof token !== 'string' || token.length <= shortestToken) return false;
    shareContext(this[internal]);
    this[internal].configure({ token });
    return true;
  }
  /** The same; returns MESIBO_RESULT_*. */
  setAccessToken(token: string): number {
    return this.setCredentials(token) ? MESIBO_RESULT_OK : MESIBO_RESULT_AUTHFAIL;
  }

  /**
   * Base URL of the server, such as `https://chat.example.com`. Default: where the script came from.
   *
   * @throws StoaError BAD_REQUEST when it is not a URL.
   */
  setServer(url: string): void {
    if (!/^https?:/.test(url) || !URL.canParse(url)) {
      throw new StoaError('BAD_REQUEST', `"${url}" is not the URL of a server.`, {
        hint: 'Give its base URL, such as https://chat.example.com.',
      });
    }
    this[internal].configure({ server: withoutSlash(url) });
  }

  setListener(listener: MesiboListener | object | null): void {
    this[internal].listeners.set(listener);
  }
  addListener(listener: MesiboListener | object): void {
    this[internal].listeners.add(listener);
  }
  removeListener(listener: object): void {
    this[internal].listeners.remove(listener);
  }
  removeListner(listener: object): void {
    this.removeListener(listener);
  }

  /**
   * Keeps messages on this device. Call it after setCredentials: every user has a database of his own.
   *
   * @param callback called with true when the database is open, with false when it could not be opened and nothing
   * will be remembered. A number (the v1 form) is ignored.
   */
  setDatabase(name: string, callback?: ((isOpen: boolean) => unknown) | number): void {
    const runtime = this[internal];
    runtime.configure({ database: name });
    if (typeof callback !== 'function') return;
    runtime.onDatabase = (isOpen) => void guarded(callback, undefined, [isOpen]);
    // Opened later, because other settings may follow.
    queueMicrotask(() => void runtime.client);
  }
  /** In Node: the folder of the database. */
  setPath(path: string): void {
    this[internal].configure({ folder: path });
  }

  /** Connects, and stays connected until stop(). */
  start(): number {
    const runtime = this[internal];
    this.startedAt = Date.now();
    if (runtime.settings.token === undefined) {
      queueMicrotask(() => runtime.listeners.notify('ConnectionStatus', MESIBO_STATUS_AUTHFAIL, 0));
      return MESIBO_RESULT_AUTHFAIL;
    }
    runtime.start().catch((error) => runtime.fail(error));
    return MESIBO_RESULT_OK;
  }
  stop(): number {
    const runtime = this[internal];
    runtime.stop().catch((error) => runtime.fail(error));
    return MESIBO_RESULT_OK;
  }
  /** Connects again if the connection is not up. */
  reconnect(_inFocus = true): number {
    return this.isOnline() || this.getConnectionStatus() === MESIBO_STATUS_STOPPED
      ? MESIBO_RESULT_OK
      : this.start();
  }
  /** Stops and forgets the credentials. */
  reset(): void {
    this.stop();
    this[internal].configure({ token: undefined });
  }

  /** MESIBO_STATUS_*. */
  getConnectionStatus(): number {
    return this[internal].status;
  }
  isOnline(): boolean {
    return this.getConnectionStatus() === MESIBO_STATUS_ONLINE;
  }
  isAccountSuspended(): boolean {
    return this.getConnectionStatus() === MESIBO_STATUS_SUSPEND;
  }
  isAccountPaid(): boolean {
    return true;
  }
  /** 0 before the first sign-in. */
  getUid(): number {
    return this[internal].client?.self?.uid ?? 0;
  }
  getAddress(): string {
    return this[internal].profiles.self.getAddress();
  }
  /** Tokens do not tell: the app name that was set. */
  getAppIdForAccessToken(): string {
    return this.getAppName();
  }
  getDeviceType(): number {
    return webDevice;
  }
  /** The server's clock, in milliseconds since 1970. */
  getTimestamp(): number {
    return this[internal].client?.serverTime() ?? Date.now();
  }
  getStartTimestamp(): number {
    return this.startedAt;
  }
  daysElapsed(ts: number): number {
    return new MesiboDateTime(ts).getDaysElapsed();
  }
  version(): string {
    return version;
  }

  /** A 32-bit id for a message. */
  random(): number {
    return randomId();
  }
  getUniqueMessageId(): number {
    return randomId();
  }
  /** The 32-bit id that the sender gave a message. */
  getSenderMessageId(mid: number): number {
    return this[internal].messages.find(mid)?.[internal].local?.localId ?? mid % 2 ** 32;
  }

  getProfile(address: string | null | undefined, gid = 0): MesiboProfile | null {
    const { profiles } = this[internal];
    if (gid > 0) return profiles.group(Number(gid));
    return address ? profiles.user(String(address)) : null;
  }
  getUserProfile(address: string): MesiboProfile | null {
    return this.getProfile(address);
  }
  getGroupProfile(gid: number): MesiboProfile | null {
    return this.getProfile(null, gid);
  }
  getProfileIfExists(address: string | null, gid = 0): MesiboProfile | null {
    return this[internal].profiles.find(address, gid) ?? null;
  }
  /** The group or user of a message, or of parameters in the v1 form. */
  getProfileFromParams(message: MessageReader | V1Params): MesiboProfile | null {
    if ('getMessageId' in message) return message.groupProfile ?? message.profile;
    return this.getProfile(message.peer === undefined ? null : String(message.peer ?? ''), message.groupid);
  }
  getSelfProfile(): MesiboProfile {
    return this[internal].profiles.self;
  }
  /** Everybody known to this device, by name. */
  getSortedProfiles(): MesiboProfile[] {
    return this[internal].profiles.all();
  }
  getRecentProfiles(): MesiboProfile[] {
    return this[internal].profiles.recent();
  }
  getGroupProfiles(): MesiboProfile[] {
    return this[internal].profiles.groups();
  }
  /** Leaves groups that the user is not in any more out of getGroupProfiles(); with `reset` they are there again. */
  hideInactiveGroupProfiles(reset = false): void {
    this[internal].profiles.hidesInactiveGroups = !reset;
  }
  /** When something became known of a profile, in milliseconds since 1970; 0: not yet. */
  getLastProfileUpdateTimestamp(): number {
    return this[internal].profiles.changedAt;
  }
  resetProfileCustomizations(): void {
    this[internal].profiles.resetCustomizations();
  }

  /** Small values, kept with the database. */
  setKey(key: string, value: string): void {
    this[internal].openKeys().set(`key:${key}`, String(value));
  }
  /** Null when there is none. */
  readKey(key: string): string | null {
    return this[internal].openKeys().get(`key:${key}`) ?? null;
  }
  deleteKey(key: string): void {
    this[internal].openKeys().delete(`key:${key}`);
  }

  createhttpRequest(): MesiboHttpRequest {
    return new MesiboHttpRequest();
  }
  createHttpRequest(): MesiboHttpRequest {
    return this.createhttpRequest();
  }

  /** Registers the application's service worker if the browser lets it; never fails. */
  startServiceWorker(url: string): void {
    const workers = typeof navigator === 'undefined' ? undefined : navigator.serviceWorker;
    workers?.register(url).catch((error) => console.warn(`No service worker from ${url}:`, error));
  }
  /** Lets the tabs of a browser share one connection and database; to be called before `start`. */
  enableCrossTabSessions(on: boolean): boolean {
    this[internal].configure({ sharesTabs: on });
    return true;
  }
  /** The server's URL decides. */
  setSecureConnection(_on: boolean): void {}
  /** The connection looks after itself: there is nothing to set of it. */
  setConfiguration(_type: number, _value: number): number {
    return MESIBO_RESULT_OK;
  }
  setConfiuration(type: number, value: number): number {
    return this.setConfiguration(type, value);
  }
  setBufferLen(_length: number, _whenEmpty?: number): number {
    return MESIBO_RESULT_OK;
  }
  setNetwork(_network: unknown): void {}
  /** Has this device woken by FCM or APNs; an empty token ends it. */
  setPushToken(token: string, voip = false): number {
    return this.pushTokens.set(this[internal], String(token), voip);
  }
  /** When this user is online for others, on all of his devices: MESIBO_ONLINEMODE_*. */
  setOnlineStatusMode(mode: number): number {
    return setMode(this[internal], mode);
  }
  /** Who may see whether he is: 0 for everybody, MESIBO_GROUP_CONTACTS, or a group of his for its members. */
  setOnlineStatusAudience(gid: number): number {
    return setAudience(this[internal], gid);
  }
  /** Online or not by his own word, until another mode is set. */
  setOnlineStatus(online: boolean): number {
    return setOnline(this[internal], online);
  }
  /** For who knows better than the visibility of the page whether the application is in front. */
  setAppInForeground(on: boolean): number {
    return setInForeground(this[internal], on);
  }
  /** Files are uploaded there by a form, as the `mesibo` documentation says; an empty URL: to the server itself. */
  setUploadUrl(url: string, auth = ''): number {
    this[internal].uploadTarget = url === '' ? undefined : { url, auth };
    return MESIBO_RESULT_OK;
  }
  /** Files can always be sent. */
  enableFileTransfer(on: boolean): boolean {
    return on;
  }
  isFileTransferEnabled(): boolean {
    return true;
  }
  /** MESIBO_FILETYPE_* by the ending of a path or URL. */
  getFileType(path: string): number {
    return fileTypeOf(String(path));
  }
}

function isCacheStorage(caches: unknown): caches is CacheStorage {
  return typeof caches === 'object' && caches !== null && 'open' in caches;
}
