import { type Content, StoaError } from '@stoa/protocol';
import type { ClientHost } from './client-host.ts';
import type { ReadOptions } from './messages/index.ts';
import type { SearchOptions, SearchResult } from './search/index.ts';
import type {
  Changing,
  Draft,
  LocalConversation,
  LocalMessage,
  ReceiptTimes,
  ScheduledMessage,
  Sending,
  Target,
  Thread,
} from './types.ts';

/** What a client does with messages: sending, changing, reading, finding, deleting. */
export abstract class Messaging {
  protected readonly host: ClientHost;

  constructor(host: ClientHost) {
    this.host = host;
  }

  /**
   * Puts a message into the outbox. It is sent as soon as there is a connection and everything before it was sent.
   * Transient messages are not kept: without a connection they fail with UNAVAILABLE. With `at`, the server sends it
   * later: see scheduled().
   *
   * @throws StoaError BAD_FRAME or TOO_LARGE when the target or the draft is not one that a server would take
   */
  send(target: Target, draft: Draft): Sending {
    return this.host.send(target, draft);
  }

  /**
   * Sends an own message that failed or was blocked once more, as a new send that takes its place (`update` event).
   *
   * @throws StoaError BAD_REQUEST when it has not failed
   */
  resend(message: LocalMessage): Sending {
    return this.host.resend(message);
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
    return this.host.edit(message, content);
  }

  /**
   * Takes an own message back, for everybody: only a mark of it is left (`gone`). One that has not left this device
   * is simply removed. Otherwise like edit().
   *
   * @throws StoaError as edit() does
   */
  recall(message: LocalMessage): Changing {
    return this.host.recall(message);
  }

  /**
   * Reacts to a message with an emoji, or (`on` false) takes the own reaction back. One user can react with several. It
   * is shown at once (`update` event) and goes through the outbox; when the server refuses it (LIMIT_REACHED, or what it
   * says to messages), the message is shown as before.
   *
   * @throws StoaError BAD_REQUEST for a message that the server does not have or that is gone, BAD_FRAME for what
   * cannot be an emoji
   * @example
   * client.react(message, '👍');
   */
  react(message: LocalMessage, emoji: string, on = true): Changing {
    return this.host.mark(message, { event: 'react', content: { reaction: { emoji, on } } });
  }

  /**
   * Pins a message for everybody in its conversation, or (`on` false) takes the pin away. In a group this is for those
   * who may modify it. Otherwise like react().
   */
  pin(message: LocalMessage, on = true): Changing {
    return this.host.mark(message, { event: 'pin', content: { pin: { on } } });
  }

  /**
   * The pinned messages of a conversation, in the order in which they were pinned; events `update` tell when to look
   * again. Rejects with StoaError: UNAVAILABLE without a connection.
   */
  pinned(target: Target): Promise<LocalMessage[]> {
    return this.host.ask('pinned', target);
  }

  /**
   * Votes in a poll (a message with `content.poll`) for these options, by their places, instead of those before; none
   * takes the vote back. Otherwise like react(); TOO_LATE when the poll is closed. (A vote that is sent while it is being
   * closed may be taken and not count.)
   *
   * @example
   * client.send({ gid: 7 }, { content: { poll: { question: 'Lunch?', options: ['Pizza', 'Soup'] } } });
   * client.vote(message, [1]);
   */
  vote(message: LocalMessage, options: readonly number[]): Changing {
    return this.host.mark(message, { event: 'vote', content: { vote: { options: [...options] } } });
  }

  /** Ends an own poll: nobody can vote any more. Otherwise like react(). */
  closePoll(message: LocalMessage): Changing {
    return this.host.mark(message, { event: 'close', content: {} });
  }

  /**
   * The thread of a message: those that answer it, newest first, at most `limit` (50 at the most), with ids below
   * `before`; and how many there are. Rejects with StoaError: UNAVAILABLE without a connection.
   */
  thread(message: LocalMessage, page: { before?: number; limit?: number } = {}): Promise<Thread> {
    return this.host.ask('thread', message, page);
  }

  /**
   * Sends a copy of a message to somebody, marked as forwarded.
   *
   * @throws StoaError as send() does; BAD_REQUEST when there is nothing left of it
   */
  forward({ content, type }: LocalMessage, target: Target): Sending {
    // What the server has written about a call is no message that could be sent.
    const { call: _, ...said } = content ?? {};
    if (Object.keys(said).length === 0) {
      throw new StoaError('BAD_REQUEST', 'There is nothing left of the message that could be forwarded.');
    }
    return this.send(target, { content: { ...said, forwarded: (said.forwarded ?? 0) + 1 }, type });
  }

  /**
   * Own messages that wait for their time, the next one first: those of all devices with a connection, else what this
   * one has scheduled. An event `scheduled` tells when to look again.
   */
  scheduled(): Promise<ScheduledMessage[]> {
    return this.host.ask('scheduled');
  }

  /**
   * Takes a scheduled message back. Rejects with StoaError: NOT_FOUND when it was sent or cancelled already,
   * UNAVAILABLE without a connection, unless it never left this device.
   */
  cancelScheduled(message: Pick<ScheduledMessage, 'dev' | 'id'>): Promise<void> {
    return this.host.ask('cancelScheduled', message);
  }

  /**
   * When a message reached each of its receivers and was read by him, as the server knows it. Rejects with StoaError:
   * UNAVAILABLE without a connection.
   */
  receiptTimes(message: LocalMessage): Promise<ReceiptTimes[]> {
    return this.host.ask('receiptTimes', message);
  }

  /**
   * Messages that contain all words of a query. Rejects with StoaError: BAD_REQUEST for a query that is empty or too
   * long, or what the server says.
   *
   * @example
   * const { messages, cursor } = await client.search('invoice', { target: { peer: 'bob' } });
   */
  search(query: string, options: SearchOptions = {}): Promise<SearchResult> {
    return this.host.ask('search', query, options);
  }

  /**
   * The message that another one answers: from this device, else from the server. Undefined when it answers none, and
   * when there is no such message any more.
   */
  repliedTo(message: LocalMessage): Promise<LocalMessage | undefined> {
    return this.host.ask('repliedTo', message);
  }

  /** A message of a conversation by the server's id of it: from this device, else from the server. */
  message(target: Target, mid: number): Promise<LocalMessage | undefined> {
    return this.host.ask('message', target, mid);
  }

  /** Messages that wait to be read, over all conversations. */
  unread(): Promise<number> {
    return this.host.ask('unread');
  }

  /**
   * All conversations on this device, the one with the newest message first; where they are to be shown is said by their
   * `archived`, `favourite` and `hidden`. With `unlisted` also those without messages that the user has muted, archived or
   * hidden.
   */
  conversations(options: { unlisted?: boolean } = {}): Promise<LocalConversation[]> {
    return this.host.ask('conversations', options);
  }

  conversation(target: Target): Promise<LocalConversation | undefined> {
    return this.host.ask('conversation', target);
  }

  /**
   * Messages on this device, newest first: at most `limit` with an order below `before`. When there are fewer, older
   * ones may be on the server: see fetchOlder.
   */
  messages(target: Target, page: { before?: number; limit: number }): Promise<LocalMessage[]> {
    return this.host.ask('messages', target, page);
  }

  /**
   * Fetches the messages before the oldest one that messages() knows, about `limit`. Resolves to the number of
   * messages that messages() has got by it: 0 at the beginning of the conversation, and when nothing is known of it.
   * Rejects with StoaError: UNAVAILABLE without a connection.
   */
  fetchOlder(target: Target, limit: number): Promise<number> {
    return this.host.ask('fetchOlder', target, limit);
  }

  /** Marks messages as read, here at once and for others as soon as there is a connection. */
  markRead(target: Target, options: ReadOptions = {}): Promise<void> {
    return this.host.ask('markRead', target, options);
  }

  /** Marks a conversation, to come back to it; on all devices of the user, until markRead(). */
  markUnread(target: Target): Promise<void> {
    return this.host.ask('markUnread', target);
  }

  /** Deletes messages by their order, for this user only: here at once, and on his other devices. */
  deleteMessages(target: Target, orders: readonly number[]): Promise<void> {
    return this.host.ask('deleteMessages', target, orders);
  }

  /**
   * Deletes all messages of a conversation for this user only, what waits in the outbox included; or only those up to
   * place `upTo`. It is listed again with the next message.
   */
  clearConversation(target: Target, upTo?: number): Promise<void> {
    return this.host.ask('clearConversation', target, upTo);
  }
}
