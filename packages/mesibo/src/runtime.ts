import {
  type CallPlatform,
  Client,
  type ConnectionStatus,
  type FileSettings,
  type LocalConversation,
  type LocalMessage,
  type LocalStore,
  memoryStore,
  type Origin,
} from '@stoa/client';
import { StoaError } from '@stoa/protocol';
import { platform } from '#platform';
import { OneToOneCalls } from './calls/one-to-one-calls.ts';
import { connectionStatus } from './connection-status.ts';
import { MESIBO_STATUS_UNKNOWN } from './constants/connection.ts';
import { MESIBO_ORIGIN_PENDING, MESIBO_ORIGIN_REALTIME } from './constants/message.ts';
import {
  acceptsChange,
  allRetractions,
  type Context,
  type Retraction,
  type UploadTarget,
} from './context.ts';
import { storeWithFallback, transfersWithFallback } from './database.ts';
import { MesiboGroups } from './groups/mesibo-groups.ts';
import { internal } from './internal.ts';
import { Listeners } from './listeners.ts';
import { tellMemberStatuses } from './messages/member-statuses.ts';
import type { MesiboMessage } from './messages/message.ts';
import { isGone } from './messages/message-status.ts';
import { Messages } from './messages/messages.ts';
import { databaseName } from './platform/database-name.ts';
import { type KeyStore, memoryKeyStore } from './platform/key-store.ts';
import { PresenceReports } from './presence/presence-reports.ts';
import { Profiles } from './profiles/profiles.ts';
import { ReadSessions } from './reading/read-sessions.ts';
import type { MesiboGroupCall } from './rooms/index.ts';
import { version } from './version.ts';

/** What must be known before there can be a client. */
export interface Settings {
  readonly token?: string | undefined;
  readonly appName?: string | undefined;
  readonly server?: string | undefined;
  /** Name given to setDatabase; undefined: nothing is kept. */
  readonly database?: string | undefined;
  /** Where databases are, in Node. */
  readonly folder?: string | undefined;
  /** Whether the tabs of a browser share one connection and database. */
  readonly sharesTabs?: boolean | undefined;
  /** How calls come to microphone, camera and network; undefined: the browser's. */
  readonly callPlatform?: CallPlatform | undefined;
}

/**
 * The working parts of one Mesibo instance, and how the client's events flow through them: first the data is
 * brought up to date (messages, profiles, read sessions), then the application is told.
 */
export class Runtime implements Context {
  readonly listeners = new Listeners();
  readonly messages: Messages = new Messages(this);
  readonly sessions: ReadSessions = new ReadSessions(this);
  readonly calls: OneToOneCalls = new OneToOneCalls(this);
  readonly groups: MesiboGroups = new MesiboGroups(this);
  /** One of each group. */
  readonly groupCalls = new Set<MesiboGroupCall>();
  keys: KeyStore = memoryKeyStore();
  readonly retraction: Retraction = {
    intervalSeconds: 3600,
    policy: allRetractions,
    remotePolicy: allRetractions,
  };
  readonly profiles: Profiles = new Profiles(this);
  settings: Settings = {};
  uploadTarget: UploadTarget | undefined;
  /** Told whether the database could be opened, or nothing will be kept. */
  onDatabase: (isKept: boolean) => void = () => {};
  /** MESIBO_STATUS_*. */
  status: number = MESIBO_STATUS_UNKNOWN;
  /** A second call rings while there is one, instead of being told that the user is busy. */
  private waiting = false;

  private readonly presence = new PresenceReports(this);
  private made: Client | undefined;
  private stopListening: (() => void)[] = [];
  private isStarted = false;
  private wasOnline = false;
  private statusesHeard = 0;
  /** Whose groups were listed once. */
  private listed: Client | undefined;
  private isSynced = false;
  /** Settles when the client before this one has let its store go. */
  private closed: Promise<void> = Promise.resolve();
  private readonly awaitingClient: ((client: Client) => void)[] = [];
  private readonly awaitingSync: (() => void)[] = [];

  /** Made at first use, so that settings may come in any order before it. */
  get client(): Client | undefined {
    const { token } = this.settings;
    if (this.made !== undefined || token === undefined) return this.made;
    try {
      return this.make(token);
    } catch (error) {
      // The server's address is wrong, or the folder of the database cannot be read.
      this.fail(error);
      return undefined;
    }
  }

  whenClient(): Promise<Client> {
    const { client } = this;
    if (client !== undefined) return Promise.resolve(client);
    return new Promise((resolve) => this.awaitingClient.push(resolve));
  }

  whenSynced(): Promise<void> {
    return this.isSynced ? Promise.resolve() : new Promise((resolve) => this.awaitingSync.push(resolve));
  }

  fail(error: unknown): void {
    const known =
      error instanceof StoaError
        ? error
        : new StoaError('INTERNAL', error instanceof Error ? error.message : String(error), { cause: error });
    this.listeners.notify('Error', known);
  }

  failOnline(error: unknown): void {
    if (this.made?.status.state === 'online') this.fail(error);
  }

  /** The client, if there was one, is replaced at the next use; when it was started, at once, unless it is another user's. */
  configure(change: Settings): void {
    const entries = Object.entries(change) as [keyof Settings, Settings[keyof Settings]][];
    if (entries.every(([name, value]) => this.settings[name] === value)) return;
    const { token } = this.settings;
    this.settings = { ...this.settings, ...change };
    this.discardClient();
    if (token === undefined) return;
    if (token === this.settings.token) {
      // Later, because other settings may follow.
      queueMicrotask(() => {
        if (this.isStarted) this.start().catch((error) => this.fail(error));
      });
      return;
    }
    this.isStarted = false;
    this.profiles.clear();
    this.groupCalls.clear();
  }

  async start(): Promise<void> {
    this.isStarted = true;
    this.wasOnline = false;
    const { client } = this;
    await client?.start();
    if (client !== undefined) this.messages.uploads.adopt(client);
  }

  async stop(): Promise<void> {
    this.isStarted = false;
    await this.made?.stop();
  }

  enableCallWaiting(on: boolean): void {
    this.waiting = on;
    if (this.made !== undefined) this.made.calls.waiting = on;
  }

  /** The key store of the database that is set, even if nothing else has used it yet. */
  openKeys(): KeyStore {
    // Making the client opens its database.
    void this.client;
    return this.keys;
  }

  private discardClient(): void {
    const client = this.made;
    if (client === undefined) return;
    for (const stop of this.stopListening.splice(0)) stop();
    if (client.status.state !== 'stopped') this.onStatus({ state: 'stopped' });
    this.made = undefined;
    this.sessions.rewindAll();
    this.messages.clear();
    this.closed = client.stop().catch((error) => this.fail(error));
  }

  private make(token: string): Client {
    const { appName, server, sharesTabs = false, callPlatform } = this.settings;
    const client = new Client({
      url: server ?? platform.defaultServer(),
      token,
      store: this.store(token),
      agent: `mesibo.js ${version}`,
      tabs: sharesTabs ? 'share' : 'single',
      files: this.transfers(token),
      calls: { platform: callPlatform, waiting: this.waiting },
      filter: (message) => this.wants(message),
      acceptsChange: (_message, event) => acceptsChange(this.retraction.remotePolicy, event),
      ...(appName === undefined ? {} : { app: appName }),
    });
    this.stopListening = [
      client.on('status', (status) => this.onStatus(status, client)),
      client.on('message', (message, origin) => this.onMessage(message, origin)),
      client.on('receipts', (receipts) => tellMemberStatuses(this, receipts)),
      client.on('update', (message, before) => this.onUpdate(message, before)),
      client.on('conversation', (conversation) => this.onConversation(conversation)),
      client.on('removed', (removed) => this.sessions.removed(removed)),
      client.on('profile', (profile) => this.profiles.told(profile)),
      client.on('contact', (address, isContact) => this.profiles.contactChanged(address, isContact)),
      client.on('blocked', (address) => this.profiles.blockChanged(address)),
      client.on('call', (call) => this.calls.began(client, call)),
      client.on('group', (change) => this.groups.changed(change)),
      client.on('room', ({ gid, isActive, by }) => {
        const caller = by === undefined ? null : this.profiles.user(by);
        this.listeners.notifyGroupCall(this.profiles.group(gid), caller, isActive);
      }),
      client.on('presence', (event) => this.presence.apply(event)),
      client.on('synced', () => this.onSynced(client)),
      client.on('problem', (error) => this.fail(error)),
    ];
    this.made = client;
    this.profiles.databaseChanged();
    this.profiles.watchAll();
    this.learnConversations(client).catch((error) => this.fail(error));
    for (const resolve of this.awaitingClient.splice(0)) resolve(client);
    return client;
  }

  /** Names and unread counts of everybody in the database. */
  private async learnConversations(client: Client): Promise<void> {
    for (const conversation of await client.conversations({ unlisted: true })) {
      this.profiles.conversationChanged(conversation);
    }
    for (const address of await client.contacts.list()) this.profiles.contactChanged(address, true);
  }

  private store(token: string): LocalStore {
    const { database, folder } = this.settings;
    if (database === undefined) {
      this.keys = memoryKeyStore();
      return memoryStore();
    }
    const name = databaseName(database, token);
    this.keys = platform.keys(name, folder);
    return storeWithFallback(platform.database(name, folder), this.closed, (isKept) => {
      const tell = this.onDatabase;
      // Once: the store is opened again at every start.
      this.onDatabase = () => {};
      tell(isKept);
    });
  }

  private transfers(token: string): FileSettings {
    const { database } = this.settings;
    if (database === undefined) return {};
    return { store: transfersWithFallback(platform.transfers(databaseName(database, token))) };
  }

  private onStatus(status: ConnectionStatus, client?: Client): void {
    this.statusesHeard += 1;
    if (status.state === 'online') {
      this.wasOnline = true;
      this.profiles.signedIn(status.self);
      if (client !== undefined && client !== this.listed && this.profiles.groups().length === 0) {
        this.learnBefore(client, () => this.tellStatus(status));
        return;
      }
    } else {
      this.isSynced = false;
      this.presence.forget();
    }
    this.tellStatus(status);
  }

  /** On a new device: applications list the groups when they hear that they are online, and not again. */
  private learnBefore(client: Client, tell: () => void): void {
    const heard = this.statusesHeard;
    let isTold = false;
    const tellOnce = (): void => {
      clearTimeout(timer);
      if (!isTold && heard === this.statusesHeard) tell();
      isTold = true;
    };
    // They come with one answer; without it, being online is news enough.
    const timer = setTimeout(tellOnce, groupsMs);
    this.learnGroups(client)
      .catch(() => {})
      .then(tellOnce);
  }

  private async learnGroups(client: Client): Promise<void> {
    await this.groups.learnAll(client.groups);
    this.listed = client;
  }

  private tellStatus(status: ConnectionStatus): void {
    const hasNetwork = typeof navigator === 'undefined' || navigator.onLine !== false;
    this.status = connectionStatus(status, this.wasOnline, hasNetwork);
    this.listeners.notify('ConnectionStatus', this.status, 0);
    if (status.state === 'refused') this.fail(status.error);
  }

  /** What Mesibo_onMessageFilter says false to counts as received, and is stored and shown nowhere. */
  private wants(local: LocalMessage): boolean {
    if (!this.listeners.has('MessageFilter')) return true;
    return this.listeners.ask('MessageFilter', this.messages.report(local)) !== false;
  }

  private onMessage(local: LocalMessage, origin: Origin): void {
    if (isGone(local)) return;
    const message = this.messages.report(local);
    message.origin = origin === 'pending' ? MESIBO_ORIGIN_PENDING : MESIBO_ORIGIN_REALTIME;
    message[internal].isLastOfBatch = false;
    if (!local.outgoing) message.profile?.[internal].presence.messageArrived(message.groupid);
    this.sessions.messageArrived(message);
    if (this.messages.uploads.end(local.outgoing, local.localId))
      this.listeners.notify('MessageUpdate', message);
    else this.listeners.message(message, local.outgoing);
    this.sessions.reportAll();
  }

  private onUpdate(local: LocalMessage, before: LocalMessage): void {
    // A receipt may concern thousands: of received messages only those matter that somebody holds.
    if (!local.outgoing && this.messages.known(local, before) === undefined) return;
    const message = this.messages.report(local, before);
    if (this.isSynced) this.noteTimes(message, local.status);
    if (local.order !== before.order) this.sessions.messageMoved(message);
    const isCall = local.content?.call !== undefined;
    if (local.outgoing && !isCall && local.status !== before.status)
      this.listeners.notify('MessageStatus', message);
    // Also when an edit that is shown already becomes certain, or is taken back.
    if (local.content !== before.content || local.gone !== before.gone) {
      this.listeners.notify('MessageUpdate', message);
    }
  }

  /** Only of receipts that come as they are given: what a connection catches up with happened some time before. */
  private noteTimes(message: MesiboMessage, status: LocalMessage['status']): void {
    const state = message[internal];
    const now = this.client?.serverTime() ?? Date.now();
    if (status === 'delivered' || status === 'read') state.deliveredAt ??= now;
    if (status === 'read') state.readAt ??= now;
  }

  private onConversation(conversation: LocalConversation): void {
    this.sessions.conversationChanged(conversation);
    this.profiles.conversationChanged(conversation);
  }

  private onSynced(client: Client): void {
    this.isSynced = true;
    this.learnGroups(client).catch((error) => this.failOnline(error));
    for (const resolve of this.awaitingSync.splice(0)) resolve();
  }
}

/** How long being online is not told because the groups are not known yet. */
const groupsMs = 2_000;
