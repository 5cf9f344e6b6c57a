import { type HistoryFrame, limits, type MessageFrame, type PageFrame, StoaError } from '@stoa/protocol';
import type { Conversation, GoneReason, MessageLog, StoredMessage } from '@stoa/storage';
import type { Directory, Person } from '../directory/index.ts';
import type { Gone } from './gone.ts';
import { encodedFrame, type FrameAddresses, messageFrame } from './message-frame.ts';

export interface HistoryOptions {
  readonly log: MessageLog;
  readonly directory: Directory;
  readonly gone: Gone;
}

/** Reads conversations for the devices of their members. */
export class History {
  readonly #log: MessageLog;
  readonly #directory: Directory;
  readonly #gone: Gone;

  constructor({ log, directory, gone }: HistoryOptions) {
    this.#log = log;
    this.#directory = directory;
    this.#gone = gone;
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
    const { messages, more } = await this.#readPage(conversation.conv, asked, limit);
    return {
      t: 'page',
      id: asked.id,
      conv: conversation.conv,
      messages: await this.frames(conversation, messages),
      more,
    };
  }

  /** The frames of stored messages, with the addresses of both sides. */
  frames(conversation: Conversation, messages: readonly StoredMessage[]): Promise<MessageFrame[]> {
    return this.#framed(conversation, messages, messageFrame);
  }

  /** The same as msgpack, without unpacking what was packed before. */
  encodedFrames(conversation: Conversation, messages: readonly StoredMessage[]): Promise<Uint8Array[]> {
    return this.#framed(conversation, messages, encodedFrame);
  }

  async #framed<Frame>(
    conversation: Conversation,
    messages: readonly StoredMessage[],
    toFrame: (message: StoredMessage, addresses: FrameAddresses, gone: GoneReason | null) => Frame,
  ): Promise<Frame[]> {
    const { a, b } = await this.sides(conversation);
    const fromA = { from: a.address, to: b.address };
    const fromB = { from: b.address, to: a.address };
    const frames: Frame[] = [];
    for (const message of messages) {
      const isFromA = message.sender === a.uid;
      const found = this.#gone.reasonFor(message, isFromA ? b.uid : a.uid);
      const gone = found instanceof Promise ? await found : found;
      frames.push(toFrame(message, isFromA ? fromA : fromB, gone));
    }
    return frames;
  }

  /** Whether the address of a removed user was given to somebody else. */
  async hasSuccessor(removed: Person): Promise<boolean> {
    return (await this.#directory.byAddress(removed.aid, removed.address)) !== undefined;
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

  /** Ascending. Read in steps, so that a page of large messages does not read more than it can hold. */
  async #readPage(conv: number, { before, after }: HistoryFrame, limit: number) {
    const messages: StoredMessage[] = [];
    let bytes = 0;
    while (messages.length < limit && bytes < pageBytes) {
      const step = Math.min(readStep, limit - messages.length);
      // One more than the step tells whether there are more.
      const forward = { after: messages.at(-1)?.seq ?? after ?? 0, limit: step + 1 };
      const backward = { before: messages[0]?.seq ?? before ?? beyondAll, limit: step + 1 };
      const read = await this.#log.read(conv, after === undefined ? backward : forward);
      const more = read.length > step;
      if (after === undefined) messages.unshift(...read.slice(more ? 1 : 0));
      else messages.push(...read.slice(0, step));
      if (!more) return { messages, more };
      for (const { content } of read) bytes += content?.length ?? 0;
    }
    return { messages, more: true };
  }
}

/** A page is one frame: it should not hold up the messages that wait behind it. */
const pageBytes = 256 * 1024;
const readStep = 10;
const beyondAll = Number.MAX_SAFE_INTEGER;
