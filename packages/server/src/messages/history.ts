import { type HistoryFrame, limits, type PageFrame, StoaError } from '@stoa/protocol';
import type { Conversation, MessageLog, StoredMessage } from '@stoa/storage';
import type { Clock } from '../clock.ts';
import type { Directory, Person } from '../directory/index.ts';
import { messageFrame } from './message-frame.ts';

export interface HistoryOptions {
  readonly log: MessageLog;
  readonly directory: Directory;
  readonly clock: Clock;
}

/** Reads conversations for the devices of their members. */
export class History {
  readonly #log: MessageLog;
  readonly #directory: Directory;
  readonly #clock: Clock;

  constructor({ log, directory, clock }: HistoryOptions) {
    this.#log = log;
    this.#directory = directory;
    this.#clock = clock;
  }

  /**
   * Answers a `history` frame of a user: a page of his conversation with `peer`.
   *
   * @throws StoaError INVALID_DESTINATION when there is no such user.
   */
  async page(reader: { aid: number; uid: number }, asked: HistoryFrame): Promise<PageFrame> {
    const peer =
      asked.peer === undefined ? undefined : await this.#directory.byAddress(reader.aid, asked.peer);
    if (peer === undefined) throw new StoaError('INVALID_DESTINATION');
    const conversation = await this.#log.findConversation({
      kind: 'pair',
      aid: reader.aid,
      a: reader.uid,
      b: peer.uid,
    });
    if (conversation === undefined) return { t: 'page', id: asked.id, conv: 0, messages: [], more: false };
    const limit = Math.min(asked.limit, limits.historyPage);
    // One more than asked for tells whether there are more.
    const messages =
      asked.after !== undefined
        ? await this.#log.read(conversation.conv, { after: asked.after, limit: limit + 1 })
        : await this.#log.read(conversation.conv, { before: asked.before ?? beyondAll, limit: limit + 1 });
    const forward = asked.after !== undefined;
    const fitting = withinBytes(forward ? messages : messages.toReversed(), limit);
    const more = fitting.length < messages.length;
    return {
      t: 'page',
      id: asked.id,
      conv: conversation.conv,
      messages: await this.frames(conversation, forward ? fitting : fitting.toReversed()),
      more,
    };
  }

  /** The frames of stored messages, with the addresses of both sides. */
  async frames(conversation: Conversation, messages: readonly StoredMessage[]) {
    const sides = await this.sides(conversation);
    const now = this.#clock.now();
    return messages.map((message) => {
      const [from, to] = message.sender === sides.a.uid ? [sides.a, sides.b] : [sides.b, sides.a];
      return messageFrame(message, { from: from.address, to: to.address }, now);
    });
  }

  /** The two users of a pair. */
  async sides({ key, conv }: Conversation): Promise<{ a: Person; b: Person }> {
    if (key.kind !== 'pair') throw new Error(`conversation ${conv} is not between two users`);
    const a = await this.#directory.byUid(key.a);
    const b = await this.#directory.byUid(key.b);
    if (a === undefined || b === undefined)
      throw new Error(`conversation ${conv} names a user who never was`);
    return { a, b };
  }
}

/** The first messages, at most `limit` and about `pageBytes` of content; at least one. */
function withinBytes(messages: readonly StoredMessage[], limit: number): readonly StoredMessage[] {
  let bytes = 0;
  const end = messages.findIndex(({ content }, index) => {
    bytes += content?.length ?? 0;
    return index === limit || (index > 0 && bytes > pageBytes);
  });
  return end < 0 ? messages : messages.slice(0, end);
}

/** A page is one frame: it should not hold up the messages that wait behind it. */
const pageBytes = 256 * 1024;
const beyondAll = Number.MAX_SAFE_INTEGER;
