import {
  type MessageAge,
  type OperationName,
  type OperationRequest,
  type OperationResponse,
  StoaError,
} from '@stoa/protocol';
import { Calls } from './calls/index.ts';
import { type ClientOptions, resolveOptions } from './client-options.ts';
import { Contacts } from './contacts/index.ts';
import { Files, thumbnailOf } from './files/index.ts';
import { Groups } from './groups/index.ts';
import { LocalClient } from './local-client.ts';
import { localHost } from './local-host.ts';
import { Messaging } from './messaging-facade.ts';
import { checkAge, checkTarget } from './outbox/index.ts';
import { OwnPresence } from './presence/index.ts';
import { LinkPreviews } from './previews/index.ts';
import { Profiles } from './profiles/index.ts';
import type { RequestOptions } from './requests/index.ts';
import { Rooms } from './rooms/index.ts';
import { sharedHost } from './tabs/index.ts';
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

/**
 * One user on one device: keeps the connection, sends and receives messages, and keeps them in the local store.
 * Everything but presence works without a connection, and goes on by itself when there is one.
 *
 * @example
 * const client = new Client({ url: 'http://localhost:8080', token });
 * client.on('message', (message) => console.log(message.from, message.content?.text));
 * await client.start();
 * await client.send({ peer: 'bob' }, { content: { text: 'Hello' } }).sent;
 */
export class Client extends Messaging {
  /** Voice and video calls of this page. */
  readonly calls: Calls;
  /** Conferences: the rooms of groups. */
  readonly rooms: Rooms;
  /** Files that this page sends, and links to those of messages. */
  readonly files: Files;
  /** What links lead to, for who writes them. */
  readonly previews: LinkPreviews;
  /** Groups: making them, their members, PINs and requests to join. */
  readonly groups: Groups;
  /** What users say of themselves. */
  readonly profiles: Profiles;
  /** When this user is online for others. */
  readonly presence: OwnPresence;
  /** Who may see what the user shows to contacts. */
  readonly contacts: Contacts;

  /** @throws StoaError BAD_REQUEST when `url` is not the URL of a server. */
  constructor(options: ClientOptions) {
    const resolved = resolveOptions(options);
    const shared = sharedHost(resolved);
    super(shared ?? localHost(new LocalClient(resolved)));
    this.groups = new Groups(this.host);
    this.profiles = new Profiles(this.host);
    this.contacts = new Contacts(this.host, this.profiles);
    this.presence = new OwnPresence(this.host);
    this.calls = new Calls({
      ...resolved,
      settings: resolved.calls,
      host: this.host,
      isShared: shared !== undefined,
    });
    this.rooms = new Rooms({ ...resolved, settings: resolved.roomSettings, host: this.host });
    this.previews = new LinkPreviews({ host: this.host, thumbnailOf });
    this.files = new Files({ ...resolved, url: options.url, settings: options.files ?? {}, host: this.host });
  }

  get status(): ConnectionStatus {
    return this.host.status;
  }

  /** The signed-in user; without a connection the last one, as the store knows it. */
  get self(): Self | undefined {
    return this.host.self;
  }

  /** Calls `listener` at every event until the returned function is called. An error it throws becomes a `problem`. */
  on<K extends keyof ClientEvents>(event: K, listener: (...args: ClientEvents[K]) => void): () => void {
    return this.host.events.on(event, listener);
  }

  /**
   * Opens the store and begins to connect; from then on the client comes back by itself, until stop() or until the
   * server refuses the credentials (status `refused`; start() tries once more). Resolves when the store is open,
   * rejects when it cannot be opened.
   */
  async start(): Promise<void> {
    this.presence.start();
    this.calls.start();
    await this.host.start();
    await this.files.start();
  }

  /** Ends the calls of this page, leaves its rooms, disconnects and releases the store, which keeps everything. What waits in the outbox goes out after start(). */
  stop(): Promise<void> {
    this.presence.stop();
    this.calls.stop();
    this.rooms.stop();
    this.files.stop();
    return this.host.stop();
  }

  /**
   * Keeps what was typed and not sent, on all devices of the user. To be called at every change; undefined removes
   * it. What takes more than limits.stateBytes stays on this device.
   */
  setDraft(target: Target, draft: ConversationDraft | undefined): Promise<void> {
    return this.host.ask('setDraft', target, draft);
  }

  /**
   * When the messages disappear that this user sends from now on; undefined: never. On all of his devices.
   *
   * @throws StoaError BAD_FRAME when no message can have this age
   */
  setAge(target: Target, age: MessageAge | undefined): Promise<void> {
    if (age !== undefined) checkAge(age);
    return this.host.ask('setAge', target, age);
  }

  /**
   * Wants no notifications of what is sent here, on any device of the user, until a time in milliseconds since 1970 (by
   * default for good). The server then wakes no device for it.
   *
   * @throws StoaError BAD_FRAME when it is no time
   */
  async mute(target: Target, until = 0): Promise<void> {
    checkTarget(target);
    if (!Number.isSafeInteger(until) || until < 0) {
      throw new StoaError('BAD_FRAME', 'A time must be a whole number of milliseconds since 1970, or 0.');
    }
    return this.host.ask('mute', target, until);
  }

  async unmute(target: Target): Promise<void> {
    checkTarget(target);
    return this.host.ask('unmute', target);
  }

  /** Arranges the user's conversations: puts one away, keeps it at the top or hides it, on all of his devices. */
  async setMark(mark: ConversationMark, target: Target, on: boolean): Promise<void> {
    checkTarget(target);
    return this.host.ask('setMark', mark, target, on);
  }

  /**
   * Has the server keep this user's messages (they fail with BLOCKED) and all else from the user, on all devices; or
   * only the parts that are named.
   *
   * @example
   * await client.block('eve');
   * await client.block('eve', { messages: false, calls: true });
   */
  block(address: string, parts: BlockedParts = { messages: true }): Promise<void> {
    checkTarget({ peer: address });
    return this.host.ask('block', address, parts);
  }

  /** What is kept from this user; undefined when nothing is. */
  blockedParts(address: string): Promise<BlockedParts | undefined> {
    return this.host.ask('blockedParts', address);
  }

  unblock(address: string): Promise<void> {
    return this.host.ask('unblock', address);
  }

  /** Whether messages of this user are refused; false before the store is open. */
  isBlocked(address: string): boolean {
    return this.host.isBlocked(address);
  }

  /** Addresses of the users whose messages are refused. */
  blocked(): Promise<string[]> {
    return this.host.ask('blocked');
  }

  /** Asks to be told when these users come and go (`presence` events). Repeated by itself on every connection. */
  watch(peers: readonly string[]): void {
    for (const peer of peers) checkTarget({ peer });
    this.host.watch(peers);
  }

  unwatch(peers: readonly string[]): void {
    this.host.unwatch(peers);
  }

  /** Whether a watched user is online; undefined while it is not known. */
  presenceOf(address: string): PresenceEvent | undefined {
    return this.host.presenceOf(address);
  }

  /**
   * Tells the other side something that is true for a moment. Without a connection it is not told.
   *
   * @param value see presenceValues
   * @param interval seconds for which it is true
   */
  sendPresence(target: Target, value: number, interval?: number): void {
    checkTarget(target);
    this.host.remark('sendPresence', target, value, interval);
  }

  /** Tells that the user is typing; to be called at every key. At most one frame in 3 seconds, which holds for 6. */
  sendTyping(target: Target): void {
    checkTarget(target);
    this.host.remark('sendTyping', target);
  }

  /**
   * Asks the server for one of the operations of docs/protocol.md. Rejects with StoaError: what the server says, or
   * UNAVAILABLE without a connection, when it breaks (operations that may be repeated are), or after 30 seconds.
   *
   * @example
   * const { devices } = await client.request('devices.list', {});
   */
  request<Name extends OperationName>(
    op: Name,
    body: OperationRequest<Name>,
    options: RequestOptions = {},
  ): Promise<OperationResponse<Name>> {
    return this.host.ask('request', op, body, options) as Promise<OperationResponse<Name>>;
  }

  /** The server's time in milliseconds since 1970; this device's until the server has told its own. */
  serverTime(): number {
    return this.host.serverTime();
  }
}
