import type { Content, MessageAge, OperationName, OperationRequest, OperationResponse } from '@stoa/protocol';
import { type ClientOptions, resolveOptions } from './client-options.ts';
import {
  byNewest,
  conversationId,
  firstPlace,
  isListed,
  newConversation,
  targetOf,
} from './conversations/index.ts';
import { Core } from './core.ts';
import { type ReadOptions, shownMessages } from './messages/index.ts';
import { checkAge, checkTarget } from './outbox/index.ts';
import type { RequestOptions } from './requests/index.ts';
import { nextOrder } from './store/index.ts';
import type {
  Changing,
  ClientEvents,
  ConnectionStatus,
  ConversationDraft,
  Draft,
  LocalConversation,
  LocalMessage,
  PresenceEvent,
  Self,
  Sending,
  Target,
} from './types.ts';
import { blockedAddresses, draftOf, isBlocked } from './values/index.ts';

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
export class Client {
  readonly #core: Core;
  #wanted = false;

  /** @throws StoaError BAD_REQUEST when `url` is not the URL of a server. */
  constructor(options: ClientOptions) {
    this.#core = new Core(resolveOptions(options));
  }

  get status(): ConnectionStatus {
    return this.#core.status;
  }

  /** The signed-in user; without a connection the last one, as the store knows it. */
  get self(): Self | undefined {
    return this.#core.self;
  }

  /** Calls `listener` at every event until the returned function is called. An error it throws becomes a `problem`. */
  on<K extends keyof ClientEvents>(event: K, listener: (...args: ClientEvents[K]) => void): () => void {
    return this.#core.events.on(event, listener);
  }

  /**
   * Opens the store and begins to connect; from then on the client comes back by itself, until stop() or until the
   * server refuses the credentials (status `refused`; start() tries once more). Resolves when the store is open,
   * rejects when it cannot be opened.
   */
  async start(): Promise<void> {
    const { data, view, disappearing } = this.#core;
    this.#wanted = true;
    await data.open();
    if (!this.#wanted) return;
    view.start();
    disappearing.start();
    this.#core.connect();
  }

  /** Disconnects and releases the store, which keeps everything. What waits in the outbox goes out after start(). */
  async stop(): Promise<void> {
    const { data, view, disappearing, connection } = this.#core;
    this.#wanted = false;
    connection.stop();
    view.stop();
    disappearing.stop();
    await data.close();
  }

  /**
   * Puts a message into the outbox. It is sent as soon as there is a connection and everything before it was sent.
   * Transient messages are not kept: without a connection they fail with UNAVAILABLE.
   *
   * @throws StoaError BAD_FRAME or TOO_LARGE when the target or the draft is not one that a server would take
   */
  send(target: Target, draft: Draft): Sending {
    const sending = this.#core.outbox.send(target, draft);
    this.#core.presence.messageSent(target);
    return sending;
  }

  /**
   * Sends an own message that failed once more, as a new send that takes its place (`update` event).
   *
   * @throws StoaError BAD_REQUEST when it has not failed
   */
  resend(message: LocalMessage): Sending {
    return this.#core.outbox.resend(targetOf(message.conversation), message);
  }

  /**
   * Changes what an own message says, for everybody, by replacing its content. It is shown at once (`update` event)
   * and goes through the outbox like a message; when the server refuses it (TOO_LATE after the time that its operator
   * allows), the message is shown as before.
   *
   * @throws StoaError PERMISSION_DENIED for a message of somebody else, BAD_REQUEST for one that failed or is gone,
   * BAD_FRAME or TOO_LARGE for its content
   */
  edit(message: LocalMessage, content: Content): Changing {
    return this.#core.outbox.change(message, { event: 'edit', content });
  }

  /**
   * Takes an own message back, for everybody: only a mark of it is left (`gone`). One that has not left this device
   * is simply removed. Otherwise like edit().
   *
   * @throws StoaError as edit() does
   */
  recall(message: LocalMessage): Changing {
    return this.#core.outbox.change(message, { event: 'recall', content: {} });
  }

  /** All conversations on this device, the one with the newest message first. */
  conversations(): Promise<LocalConversation[]> {
    const { data } = this.#core;
    return data.read(() =>
      [...data.conversations()]
        .filter((record) => isListed(record) || draftOf(data, record.id) !== undefined)
        .map((record) => this.#core.showConversation(record))
        .sort(byNewest),
    );
  }

  conversation(target: Target): Promise<LocalConversation | undefined> {
    const { data } = this.#core;
    return data.read(() => {
      const record = data.conversation(conversationId(target));
      return record === undefined ? undefined : this.#core.showConversation(record);
    });
  }

  /**
   * Messages on this device, newest first: at most `limit` with an order below `before`. When there are fewer, older
   * ones may be on the server: see fetchOlder.
   */
  messages(target: Target, page: { before?: number; limit: number }): Promise<LocalMessage[]> {
    const { data, view } = this.#core;
    const id = conversationId(target);
    return data.read(async (store) => {
      const record = data.conversation(id) ?? newConversation(id);
      // Older messages that are here too come after a hole: not before it is closed.
      const from = nextOrder(firstPlace(record.runs) - 1);
      const found = await shownMessages(store, id, { ...page, from });
      return found.map((message) => view.of(message, record));
    });
  }

  /**
   * Fetches the messages before the oldest one that messages() knows, about `limit`. Resolves to the number of
   * messages that messages() has got by it: 0 at the beginning of the conversation, and when nothing is known of it.
   * Rejects with StoaError: UNAVAILABLE without a connection.
   */
  fetchOlder(target: Target, limit: number): Promise<number> {
    return this.#core.older.fetch(target, limit);
  }

  /** Marks messages as read, here at once and for others as soon as there is a connection. */
  markRead(target: Target, options: ReadOptions = {}): Promise<void> {
    return this.#core.reading.markRead(target, options);
  }

  /** Marks a conversation, to come back to it; on all devices of the user, until markRead(). */
  markUnread(target: Target): Promise<void> {
    return this.#core.marks.set('unread', target, true);
  }

  /** Deletes messages by their order, for this user only: here at once, and on his other devices. */
  deleteMessages(target: Target, orders: readonly number[]): Promise<void> {
    return this.#core.deletions.delete(target, orders);
  }

  /**
   * Deletes all messages of a conversation for this user only, what waits in the outbox included; or only those up to
   * place `upTo`. It is listed again with the next message.
   */
  clearConversation(target: Target, upTo?: number): Promise<void> {
    return this.#core.deletions.clear(target, upTo);
  }

  /**
   * Keeps what was typed and not sent, on all devices of the user. To be called at every change; undefined removes
   * it. What takes more than limits.stateBytes stays on this device.
   */
  setDraft(target: Target, draft: ConversationDraft | undefined): Promise<void> {
    const isEmpty = draft?.text === '' && draft.ref === undefined;
    return this.#core.marks.set('draft', target, isEmpty ? undefined : draft);
  }

  /**
   * When the messages disappear that this user sends from now on; undefined: never. On all of his devices.
   *
   * @throws StoaError BAD_FRAME when no message can have this age
   */
  setAge(target: Target, age: MessageAge | undefined): Promise<void> {
    if (age !== undefined) checkAge(age);
    return this.#core.marks.set('age', target, age);
  }

  /** Has the server refuse messages of this user (they fail with BLOCKED), from all devices. */
  block(address: string): Promise<void> {
    checkTarget({ peer: address });
    return this.#core.marks.block(address, true);
  }

  unblock(address: string): Promise<void> {
    return this.#core.marks.block(address, false);
  }

  /** Whether messages of this user are refused; false before the store is open. */
  isBlocked(address: string): boolean {
    return isBlocked(this.#core.data, address);
  }

  /** Addresses of the users whose messages are refused. */
  blocked(): Promise<string[]> {
    const { data } = this.#core;
    return data.read(() => blockedAddresses(data.values()));
  }

  /** Asks to be told when these users come and go (`presence` events). Repeated by itself on every connection. */
  watch(peers: readonly string[]): void {
    for (const peer of peers) checkTarget({ peer });
    this.#core.presence.watch(peers);
  }

  unwatch(peers: readonly string[]): void {
    this.#core.presence.unwatch(peers);
  }

  /** Whether a watched user is online; undefined while it is not known. */
  presenceOf(address: string): PresenceEvent | undefined {
    return this.#core.presence.of(address);
  }

  /**
   * Tells the other side something that is true for a moment. Without a connection it is not told.
   *
   * @param value see presenceValues
   * @param interval seconds for which it is true
   */
  sendPresence(target: Target, value: number, interval?: number): void {
    checkTarget(target);
    this.#core.presence.send(target, value, interval);
  }

  /** Tells that the user is typing; to be called at every key. At most one frame in 3 seconds, which holds for 6. */
  sendTyping(target: Target): void {
    checkTarget(target);
    this.#core.presence.sendTyping(target);
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
    return this.#core.requests.ask(op, body, options);
  }

  /** The server's time in milliseconds since 1970; this device's until the server has told its own. */
  serverTime(): number {
    return this.#core.serverClock.now();
  }
}
