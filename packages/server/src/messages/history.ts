import { type HistoryFrame, limits, type MessageFrame, type PageFrame, StoaError } from '@stoa/protocol';
import type {
  Conversation,
  GoneReason,
  GroupSpan,
  GroupStore,
  MessageLog,
  StoredMessage,
} from '@stoa/storage';
import type { Blocking } from '../blocking/index.ts';
import type { Directory, Person } from '../directory/index.ts';
import { collapsed, type SentEntry } from './collapse.ts';
import type { Gone } from './gone.ts';
import { goOnAfter, isReadable } from './group-places.ts';
import { MarkFrames } from './mark-frames.ts';
import { encodedFrame, type FrameAddresses, type FrameExtras, messageFrame } from './message-frame.ts';

export interface HistoryOptions {
  readonly log: MessageLog;
  readonly directory: Directory;
  readonly groups: Pick<GroupStore, 'find' | 'spans'>;
  readonly gone: Gone;
  readonly blocking: Pick<Blocking, 'mayReach'>;
}

/** Reads conversations for the devices of their members. */
export class History {
  readonly #log: MessageLog;
  readonly #directory: Directory;
  readonly #groups: HistoryOptions['groups'];
  readonly #gone: Gone;
  readonly #blocking: HistoryOptions['blocking'];
  readonly #marks: MarkFrames;

  constructor({ log, directory, groups, gone, blocking }: HistoryOptions) {
    this.#blocking = blocking;
    this.#groups = groups;
    this.#log = log;
    this.#directory = directory;
    this.#gone = gone;
    this.#marks = new MarkFrames(directory);
  }

  /**
   * Answers a `history` frame of a user: a page of his conversation with `peer`.
   *
   * @throws StoaError INVALID_DESTINATION when there is no such user, or no such group of the reader.
   */
  async page(reader: { aid: number; uid: number }, asked: HistoryFrame): Promise<PageFrame> {
    if (asked.gid !== undefined) return this.#groupPage(reader, asked, asked.gid);
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
      messages: await this.#framed(conversation, collapsed(messages), reader.uid, messageFrame),
      more,
    };
  }

  /** The frames of stored messages, as they are for one of those who may read them. */
  frames(
    conversation: Conversation,
    messages: readonly StoredMessage[],
    reader: number,
  ): Promise<MessageFrame[]> {
    const entries = messages.map((message) => ({ message, first: message.seq }));
    return this.#framed(conversation, entries, reader, messageFrame);
  }

  /** The same as msgpack, without unpacking what was packed before. */
  encodedFrames(
    conversation: Conversation,
    entries: readonly SentEntry[],
    reader: number,
  ): Promise<Uint8Array[]> {
    return this.#framed(conversation, entries, reader, encodedFrame);
  }

  async #framed<Frame>(
    conversation: Conversation,
    entries: readonly SentEntry[],
    reader: number,
    toFrame: ToFrame<Frame>,
  ): Promise<Frame[]> {
    const { key } = conversation;
    if (key.kind === 'group') return this.#groupFrames(conversation, key.gid, entries, reader, toFrame);
    const { a, b } = await this.sides(conversation);
    const fromA = { from: a.address, to: b.address };
    const fromB = { from: b.address, to: a.address };
    const frames: Frame[] = [];
    for (const entry of entries) {
      const { message } = entry;
      const isFromA = message.sender === a.uid;
      const found = this.#gone.reasonFor(message, isFromA ? b.uid : a.uid);
      const gone = found instanceof Promise ? await found : found;
      const extras =
        message.special === null && entry.first === message.seq ? none : await this.#extras(entry);
      frames.push(toFrame(message, isFromA ? fromA : fromB, gone, extras));
    }
    return frames;
  }

  async #extras({ message: { seq, special }, first }: SentEntry): Promise<FrameExtras> {
    const marks = await this.#marks.of(special);
    return { marks, ...(first !== seq && { first }) };
  }

  async #groupFrames<Frame>(
    { conv }: Conversation,
    gid: number,
    entries: readonly SentEntry[],
    reader: number,
    toFrame: ToFrame<Frame>,
  ): Promise<Frame[]> {
    const frames: Frame[] = [];
    const hasChanges = entries.some(({ message }) => targetOf(message) !== undefined);
    const spans = hasChanges ? await this.#groups.spans(conv, reader) : [];
    for (const entry of entries) {
      const { message } = entry;
      const target = targetOf(message);
      const isUnseen = target !== undefined && !isReadable(spans, target);
      const sender = await this.#directory.byUid(message.sender);
      // For its sender, a message does not expire: it was never on its way to him.
      const isOwn = message.sender === reader;
      const from = sender?.address ?? '';
      const isWithheld = !isOwn && !(await this.#blocking.mayReach(reader, from, 'groups'));
      const found = await this.#gone.reasonFor(message, reader);
      const lost = isOwn && found === 'expired' ? (message.special?.gone ?? null) : found;
      const gone = isWithheld || isUnseen ? 'erased' : lost;
      frames.push(toFrame(message, { from, gid }, gone, await this.#extras(entry)));
    }
    return frames;
  }

  /** A page of a group's log, without what is not for the reader. */
  async #groupPage(
    { aid, uid }: { aid: number; uid: number },
    asked: HistoryFrame,
    gid: number,
  ): Promise<PageFrame> {
    const group = await this.#groups.find(gid);
    const spans = group?.aid === aid ? await this.#groups.spans(group.conv, uid) : [];
    const conversation = group && (await this.#log.conversation(group.conv));
    if (group === undefined || conversation === undefined || spans.length === 0) {
      throw new StoaError('INVALID_DESTINATION', `There is no group ${gid} in which the user may read.`);
    }
    const limit = Math.min(asked.limit, limits.historyPage);
    const frames: MessageFrame[] = [];
    let at = asked;
    // Whole pages may be for others: the reader is not sent from one to the next, as far as that goes.
    for (let looks = 0; looks < looksAtOnce; looks++) {
      const { messages, more } = await this.#readPage(conversation.conv, at, limit);
      const readable = messages.filter(({ seq }) => isReadable(spans, seq));
      frames.push(...(await this.#framed(conversation, collapsed(readable), uid, messageFrame)));
      const next = nextOf(at, messages, spans);
      if (frames.length > 0 || !more || next === undefined) {
        const isMore = more && next !== undefined;
        return { t: 'page', id: asked.id, conv: conversation.conv, messages: frames, more: isMore };
      }
      at = next;
    }
    return { t: 'page', id: asked.id, conv: conversation.conv, messages: frames, more: false };
  }

  /** Those of the messages that are for the reader: all of a pair. */
  async readable(
    { key, conv }: Conversation,
    messages: readonly StoredMessage[],
    reader: number,
  ): Promise<readonly StoredMessage[]> {
    if (key.kind === 'pair') return messages;
    const spans = await this.#groups.spans(conv, reader);
    const found: StoredMessage[] = [];
    for (const message of messages.filter(({ seq }) => isReadable(spans, seq))) {
      const from = (await this.#directory.byUid(message.sender))?.address ?? '';
      const isOwn = message.sender === reader;
      if (isOwn || (await this.#blocking.mayReach(reader, from, 'groups'))) found.push(message);
    }
    return found;
  }

  /**
   * What the conversation is called for one of those who may read it: undefined where nothing is for him, and (unless
   * `evenSucceeded`) where the other one's address belongs to somebody else now, whose conversation a client would take it
   * for.
   */
  async nameFor(
    conversation: Conversation,
    reader: number,
    evenSucceeded = false,
  ): Promise<{ readonly peer?: string; readonly gid?: number; readonly name: string } | undefined> {
    const { key, conv } = conversation;
    if (key.kind === 'group') {
      const [group, spans] = await Promise.all([
        this.#groups.find(key.gid),
        this.#groups.spans(conv, reader),
      ]);
      return group === undefined || spans.length === 0 ? undefined : { gid: key.gid, name: group.name };
    }
    const { a, b } = await this.sides(conversation);
    const other = a.uid === reader ? b : a;
    if (!evenSucceeded && other.removed && (await this.hasSuccessor(other))) return undefined;
    return { peer: other.address, name: other.name };
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
    let count = 0;
    while (count < limit && bytes < pageBytes && messages.length < rowsAtOnce) {
      const step = Math.min(readStep, limit - count);
      // One more than the step tells whether there are more.
      const forward = { after: messages.at(-1)?.seq ?? after ?? 0, limit: step + 1 };
      const backward = { before: messages[0]?.seq ?? before ?? beyondAll, limit: step + 1 };
      const read = await this.#log.read(conv, after === undefined ? backward : forward);
      const more = read.length > step;
      if (after === undefined) messages.unshift(...read.slice(more ? 1 : 0));
      else messages.push(...read.slice(0, step));
      if (!more) return { messages, more };
      for (const { content, special } of read) {
        bytes += (content?.length ?? 0) + (special?.marks?.list.length ?? 0) * bytesOfMark;
      }
      count = collapsed(messages).length;
    }
    return { messages, more: true };
  }
}

type ToFrame<Frame> = (
  message: StoredMessage,
  addresses: FrameAddresses,
  gone: GoneReason | null,
  extras: FrameExtras,
) => Frame;

const none: FrameExtras = {};

/** The place of the message that an event changes. */
function targetOf({ special }: StoredMessage): number | undefined {
  return special?.event == null ? undefined : (special.target ?? undefined);
}

/** Where to look next for what is for the reader; undefined when there is nothing. */
function nextOf(
  asked: HistoryFrame,
  messages: readonly StoredMessage[],
  spans: readonly GroupSpan[],
): HistoryFrame | undefined {
  if (asked.after !== undefined) {
    const after = goOnAfter(spans, messages.at(-1)?.seq ?? asked.after);
    return after === undefined ? undefined : { ...asked, after };
  }
  const first = messages[0]?.seq ?? 1;
  const span = spans.findLast(({ after }) => after + 1 < first);
  return span === undefined ? undefined : { ...asked, before: Math.min(first, (span.upto ?? first - 1) + 1) };
}

/** More than one only where the reader was no member for long. */
const looksAtOnce = 20;
/** A page is one frame: it should not hold up the messages that wait behind it. */
const pageBytes = 256 * 1024;
const readStep = 10;
/** Most of them events that are not sent. */
const rowsAtOnce = 1_000;
const bytesOfMark = 24;
const beyondAll = Number.MAX_SAFE_INTEGER;
