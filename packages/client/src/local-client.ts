import type {
  CallRequest,
  MessageAge,
  OperationName,
  OperationRequest,
  OperationResponse,
  ProfileInfo,
  ProfileSettings,
} from '@stoa/protocol';
import type { ResolvedOptions } from './client-options.ts';
import { Core } from './core.ts';
import { LocalMessaging } from './local-messaging.ts';
import type { RequestOptions } from './requests/index.ts';
import type {
  BlockedParts,
  ClientEvents,
  ConnectionStatus,
  ConversationDraft,
  ConversationMark,
  PresenceEvent,
  Self,
  Target,
} from './types.ts';
import {
  blockedAddresses,
  blockedPartsOf,
  contactAddresses,
  contactLevels,
  isBlocked,
} from './values/index.ts';

/** A client that has the store and the connection to itself. What its methods promise is said in client-facade.ts. */
export class LocalClient extends LocalMessaging {
  #wanted = false;

  constructor(options: ResolvedOptions) {
    super(new Core(options));
  }

  get status(): ConnectionStatus {
    return this.core.status;
  }

  get self(): Self | undefined {
    return this.core.self;
  }

  on<K extends keyof ClientEvents>(event: K, listener: (...args: ClientEvents[K]) => void): () => void {
    return this.core.events.on(event, listener);
  }

  start(): Promise<void> {
    return this.#open(() => this.core.connect());
  }

  /** Goes on where another page that shared the client has ended: nobody has started it. */
  resume(): Promise<void> {
    return this.#open(() => this.core.reconnect());
  }

  async stop(): Promise<void> {
    this.pause();
    await this.core.data.close();
  }

  /** Disconnects, and keeps the store open. */
  pause(): void {
    const { view, disappearing, connection } = this.core;
    this.#wanted = false;
    connection.stop();
    view.stop();
    disappearing.stop();
  }

  async #open(connect: () => void): Promise<void> {
    const { data, view, disappearing } = this.core;
    this.#wanted = true;
    await data.open();
    if (!this.#wanted) return;
    view.start();
    disappearing.start();
    connect();
  }

  setDraft(target: Target, draft: ConversationDraft | undefined): Promise<void> {
    const isEmpty = draft?.text === '' && draft.ref === undefined;
    return this.core.marks.set('draft', target, isEmpty ? undefined : draft);
  }

  setAge(target: Target, age: MessageAge | undefined): Promise<void> {
    return this.core.marks.set('age', target, age);
  }

  mute(target: Target, until: number): Promise<void> {
    return this.core.marks.set('muted', target, { until });
  }

  unmute(target: Target): Promise<void> {
    return this.core.marks.set('muted', target, undefined);
  }

  setMark(mark: ConversationMark, target: Target, on: boolean): Promise<void> {
    return this.core.marks.set(mark, target, on ? true : undefined);
  }

  block(address: string, parts: BlockedParts): Promise<void> {
    return this.core.marks.block(address, parts);
  }

  unblock(address: string): Promise<void> {
    return this.core.marks.block(address, undefined);
  }

  blockedParts(address: string): Promise<BlockedParts | undefined> {
    return this.core.data.read(() => blockedPartsOf(this.core.data, address));
  }

  setContact(address: string, isContact: boolean, levels?: readonly number[]): Promise<void> {
    return this.core.marks.setContact(address, isContact, levels);
  }

  contactLevels(address: string): Promise<number[]> {
    const { data } = this.core;
    return data.read(() => contactLevels(data, address));
  }

  contactAddresses(): Promise<string[]> {
    const { data } = this.core;
    return data.read(() => contactAddresses(data.values()));
  }

  isBlocked(address: string): boolean {
    return isBlocked(this.core.data, address);
  }

  blocked(): Promise<string[]> {
    const { data } = this.core;
    return data.read(() => blockedAddresses(data.values()));
  }

  watch(peers: readonly string[]): void {
    this.core.presence.watch(peers);
  }

  unwatch(peers: readonly string[]): void {
    this.core.presence.unwatch(peers);
  }

  presenceOf(address: string): PresenceEvent | undefined {
    return this.core.presence.of(address);
  }

  sendPresence(target: Target, value: number, interval?: number): void {
    this.core.presence.send(target, value, interval);
  }

  /** `page`: which one says so; undefined when it is gone. */
  setFront(page: string, on: boolean | undefined): void {
    this.core.presence.front.set(page, on);
  }

  sendTyping(target: Target): void {
    this.core.presence.sendTyping(target);
  }

  profiles(users: readonly string[]): Promise<ProfileInfo[]> {
    return this.core.profiles.known(users);
  }

  fetchProfiles(users: readonly string[]): Promise<{ profiles: ProfileInfo[]; unknown: string[] }> {
    return this.core.profiles.fetch(users);
  }

  ownProfile(): Promise<ProfileInfo | undefined> {
    return this.core.profiles.own();
  }

  updateProfile(change: ProfileSettings): Promise<ProfileInfo> {
    return this.core.profiles.update(change);
  }

  /** Says something about a call to the server; lost without a connection. */
  sayInCall(call: string, event: CallRequest): void {
    this.core.connection.send({ t: 'call', call, event });
  }

  request<Name extends OperationName>(
    op: Name,
    body: OperationRequest<Name>,
    options: RequestOptions = {},
  ): Promise<OperationResponse<Name>> {
    return this.core.requests.ask(op, body, options);
  }

  serverTime(): number {
    return this.core.serverClock.now();
  }
}
