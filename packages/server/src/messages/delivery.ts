import { setImmediate as nextTurn } from 'node:timers/promises';
import { limits } from '@stoa/protocol';
import type { ConversationForDevice, CursorAdvance, GroupSpan } from '@stoa/storage';
import { SparseMap } from '../sparse-map.ts';
import { beginning, beginningInGroup } from './beginning.ts';
import { collapsed } from './collapse.ts';
import type { DeliveryOptions } from './delivery-options.ts';
import { groupConversationFrame } from './group-conversation-frame.ts';
import { newestReadable, spansBehind, stepFrom } from './group-places.ts';
import { missedChange } from './missed-changes.ts';
import { peerCursorFields } from './peer-cursor.ts';

/** How far one conversation has been sent to the device on this connection. */
interface Track {
  readonly isGroup: boolean;
  /** In a group: how far the user has read, and others know. */
  read: number;
  /** In a group: what is for the user, of places that he has not read or not been sent. */
  spans: readonly GroupSpan[];
  /** Where the device was told to begin. */
  readonly from: number;
  /** Everything up to here was sent, or was received before. */
  sent: number;
  /** The newest message known to exist. */
  last: number;
  /** Places streamed and not yet acknowledged, ascending. */
  unacknowledged: number[];
}

/**
 * Brings the messages of one user to one connected device: in order, without gaps, at most
 * `limits.deliveryWindow` unacknowledged. The log is the truth; an event from the bus is only a hint that carries
 * the message along: when it continues what was sent it goes straight out, otherwise the conversation is
 * read from the log from where the device stands. So lost, repeated and reordered events do no harm, and a slow
 * device costs no memory but a mark on its conversations.
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #tracks = new SparseMap<number, Track>();
  /** Conversations that are behind, oldest need first. */
  readonly #behind = new SparseMap<number, true>();
  /** Whether the initial listing is complete … */
  #isListed = false;
  /** … and its conversations that are still being streamed. */
  readonly #catchingUp = new SparseMap<number, true>();
  /** Newest places that events named for conversations without a track. */
  readonly #unlisted = new SparseMap<number, number>();
  /** The last unbroken run of the device's own messages in conversations without a track. */
  readonly #own = new SparseMap<number, { first: number; last: number }>();
  /** Position of the first listing, until the device was told that it has everything up to there. */
  #position = 0;
  /** Position up to which the store was asked for changes. */
  #listed = 0;
  #started: Promise<void> | undefined;
  #inFlight = 0;
  #pumping = false;
  #failed = false;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /**
   * Announces what changed since the device's position, newest conversation first, and begins to stream it. `told`: the
   * position up to which the device knows everything else.
   */
  async start(position: number | undefined, told = Number.MAX_SAFE_INTEGER): Promise<void> {
    this.#started = this.#list(position ?? 0);
    await this.#started;
    this.#position = Math.min(this.#listed, told);
    for (const conv of this.#behind.keys()) this.#catchingUp.set(conv, true);
    this.#isListed = true;
    for (const conv of this.#unlisted.keys()) this.#behind.set(conv, true);
    this.pump();
  }

  /**
   * Events may have been lost: announces again what changed since it was listed last, and streams what is missing.
   * When it rejects, nothing is lost, and it can be called again.
   */
  async catchUp(): Promise<void> {
    // Not begun: then the store will be asked anyway. Under way: it may have been asked before the loss.
    if (this.#started === undefined) return;
    await this.#started;
    await this.#list(this.#listed);
    this.pump();
  }

  /** Announces the conversations that changed after the position. */
  async #list(position: number): Promise<void> {
    const { uid, dev, cursors, outlet } = this.#options;
    let before: { lastAt: number; conv: number } | undefined;
    let listed = position;
    let count = 0;
    for (;;) {
      const query = { uid, dev, position, limit: listingPage };
      const page = await cursors.changed(before === undefined ? query : { ...query, before });
      // Later pages read a later state: only the first position is behind all of them.
      if (before === undefined) listed = page.position;
      for (const conversation of page.conversations) {
        if (outlet.closed) return;
        await this.#announce(conversation, count < conversationsInFull ? recentMessages : 1);
        count += 1;
      }
      const oldest = page.conversations.at(-1);
      if (oldest === undefined || page.conversations.length < listingPage) break;
      // Reads of the store may all be synchronous: everybody else has his turn between pages.
      await nextTurn();
      before = { lastAt: oldest.lastAt, conv: oldest.conv };
    }
    this.#listed = listed;
  }

  /** An event says that message `seq` of a conversation exists; `bytes` is its frame, if it is surely for the user. */
  offer(conv: number, seq: number, bytes: Uint8Array | undefined): void {
    const track = this.#tracks.get(conv);
    if (track === undefined) {
      const own = this.#own.get(conv);
      if (this.#isListed && own !== undefined && seq >= own.first && seq <= own.last) return;
      this.#unlisted.set(conv, Math.max(seq, this.#unlisted.get(conv) ?? 0));
      if (!this.#isListed) return;
      this.#behind.set(conv, true);
      this.pump();
      return;
    }
    if (seq <= track.sent) return;
    track.last = Math.max(track.last, seq);
    const continues = bytes !== undefined && seq === track.sent + 1 && !this.#behind.has(conv);
    if (continues && this.#inFlight < limits.deliveryWindow && !this.#options.outlet.congested) {
      this.#options.outlet.writeEncoded(bytes);
      this.#count(track, seq);
      return;
    }
    this.#behind.set(conv, true);
    this.pump();
  }

  /** What the user may read of a group's conversation has changed: goes on from what the store says. */
  refresh(conv: number): void {
    const { outlet, onError, cursors, uid, dev } = this.#options;
    const refresh = async (): Promise<void> => {
      // Not begun: then the store will be asked anyway.
      if (this.#started === undefined) return;
      await this.#started;
      if (outlet.closed) return;
      const conversation = await cursors.forDevice(conv, uid, dev);
      if (conversation !== undefined) await this.#announce(conversation, recentMessages);
      this.pump();
    };
    refresh().catch(onError);
  }

  /** Where streaming of the conversation began; undefined for one that the device was not told of. */
  beginningOf(conv: number): number | undefined {
    return this.#tracks.get(conv)?.from;
  }

  isGroup(conv: number): boolean {
    return this.#tracks.get(conv)?.isGroup === true;
  }

  /**
   * The place up to which, by what this device was sent, an acknowledgement of a group's log counts, the one behind
   * which it says anything new, and what of that is for the user. Undefined when the conversation is no group's that the
   * device was told of.
   */
  inGroup(
    conv: number,
    seq: number,
    kind: CursorAdvance['kind'],
  ): { after: number; seq: number; spans: readonly GroupSpan[] } | undefined {
    const track = this.#tracks.get(conv);
    if (track?.isGroup !== true) return undefined;
    const upto = Math.min(seq, track.sent);
    const after = kind === 'read' ? track.read : (track.unacknowledged[0] ?? upto) - 1;
    return { after: Math.max(0, Math.min(after, upto - 1)), seq: upto, spans: track.spans };
  }

  /** That the user has read a group's log up to there is stored, and told. */
  readInGroup(conv: number, seq: number): void {
    const track = this.#tracks.get(conv);
    if (track !== undefined) track.read = Math.max(track.read, seq);
  }

  /** The device sent message `seq` itself and is told so: it need not be streamed to it. */
  skipOwn(conv: number, seq: number): void {
    const track = this.#tracks.get(conv);
    if (track === undefined) {
      const own = this.#own.get(conv);
      this.#own.set(conv, { first: own?.last === seq - 1 ? own.first : seq, last: seq });
      return;
    }
    if (seq !== track.sent + 1 || this.#behind.has(conv)) return;
    track.sent = seq;
    track.last = Math.max(track.last, seq);
  }

  /** The device has stored everything up to `seq`. */
  acknowledged(conv: number, seq: number): void {
    const track = this.#tracks.get(conv);
    if (track === undefined) return;
    const { unacknowledged } = track;
    let count = 0;
    while (count < unacknowledged.length && (unacknowledged[count] ?? 0) <= seq) count += 1;
    if (count === 0) return;
    unacknowledged.splice(0, count);
    this.#inFlight -= count;
    this.pump();
  }

  /** Streams what is behind, as far as the window and the connection allow. Called again when they allow more. */
  pump(): void {
    if (this.#pumping || !this.#isListed || !this.#mayStream()) return;
    if (this.#behind.size === 0) {
      this.#reportSynced();
      return;
    }
    this.#pumping = true;
    this.#stream()
      .catch((error: unknown) => {
        this.#failed = true;
        this.#options.onError(error);
      })
      .finally(() => {
        this.#pumping = false;
        if (this.#behind.size > 0 && this.#mayStream()) this.pump();
      });
  }

  #mayStream(): boolean {
    const { outlet } = this.#options;
    return !this.#failed && !outlet.closed && !outlet.congested && this.#inFlight < limits.deliveryWindow;
  }

  async #stream(): Promise<void> {
    let streamed = 0;
    for (const conv of this.#behind.keys()) {
      if (!this.#mayStream()) return;
      const track = this.#tracks.get(conv) ?? (await this.#findTrack(conv));
      if (track !== undefined) await this.#streamPage(conv, track);
      else this.#unlisted.delete(conv);
      streamed += 1;
      if (streamed % conversationsPerTurn === 0) await nextTurn();
      // Asked after the last wait: an event may have made it behind again meanwhile.
      if (track !== undefined && track.sent < track.last) continue;
      this.#behind.delete(conv);
      this.#catchingUp.delete(conv);
      this.#reportSynced();
    }
  }

  async #streamPage(conv: number, track: Track): Promise<void> {
    const { log, history, outlet, uid } = this.#options;
    if (track.sent >= track.last) return;
    const limit = Math.min(streamPage, limits.deliveryWindow - this.#inFlight);
    const [conversation, messages] = await Promise.all([
      log.conversation(conv),
      log.read(conv, { after: track.sent, limit }),
    ]);
    if (conversation === undefined || messages.length === 0) {
      // The conversation was removed, or an event ran ahead of the commit it tells of, which it never does.
      track.last = track.sent;
      return;
    }
    if (track.isGroup) {
      // Read after the messages: whatever ended before one of them was sent shows here.
      const upto = await this.#stepInGroup(conv, track);
      if (upto === undefined) return;
      messages.splice(messages.findIndex(({ seq }) => seq > upto) >>> 0);
    }
    const entries = collapsed(messages);
    const frames = await history.encodedFrames(conversation, entries, uid);
    for (const [index, { message, first }] of entries.entries()) {
      const { seq } = message;
      const frame = frames[index];
      if (outlet.closed || frame === undefined) return;
      // Another event may have brought it meanwhile.
      if (seq <= track.sent || first > track.sent + 1) continue;
      outlet.writeEncoded(frame);
      this.#count(track, seq);
    }
  }

  /** Up to where the next places are for the user; undefined when they are not: then those are skipped. */
  async #stepInGroup(conv: number, track: Track): Promise<number | undefined> {
    const { groups, uid } = this.#options;
    const { last } = track;
    const go = stepFrom(await groups.spans(conv, uid, track.sent), track.sent);
    if (go.step === 'stream') return go.upto;
    // All of them: the device may not have fetched what is for him of the time before.
    const spans = await groups.spans(conv, uid);
    const missed = await missedChange(groups, spans, { conv, uid, after: track.sent });
    if (missed === track.sent + 1) return missed;
    if (missed !== undefined) await this.#skip(conv, track, missed - 1, spans);
    else if (go.step === 'skip') await this.#skip(conv, track, go.to, spans);
    // What came meanwhile may be for him: he may be back.
    else if (track.last === last) track.last = track.sent;
    return undefined;
  }

  /** For a conversation that the listing did not name: from where the device stands according to the store. */
  async #findTrack(conv: number): Promise<Track | undefined> {
    const { cursors, uid, dev } = this.#options;
    const conversation = await cursors.forDevice(conv, uid, dev);
    if (conversation === undefined) return undefined;
    return this.#tracks.get(conv) ?? this.#announce(conversation, recentMessages);
  }

  /** Tells the device the state of a conversation and marks it behind when messages are missing. */
  async #announce(conversation: ConversationForDevice, recent: number): Promise<Track | undefined> {
    const { history, outlet, uid, tellsDelivered = () => true } = this.#options;
    const { conv, last, own, peer } = conversation;
    if (conversation.key.kind === 'group') return this.#announceGroup(conversation, recent);
    const from = this.#tracks.get(conv)?.from ?? (await beginning(this.#options, conversation, recent));
    const sides = await history.sides(conversation);
    const other = sides.a.uid === uid ? sides.b : sides.a;
    // The address belongs to somebody else now, whose conversation a client would take this one for.
    if (other.removed && (await history.hasSuccessor(other))) return undefined;
    const peerCursor = peer && peerCursorFields(peer, await tellsDelivered(other));
    const track = this.#tracks.get(conv) ?? this.#newTrack(conv, from);
    outlet.write({
      t: 'conversation',
      conv,
      peer: other.address,
      name: other.name,
      last,
      from: track.from,
      read: own.seen,
      ...(peerCursor === null ? {} : { peerCursor }),
    });
    track.last = Math.max(track.last, last);
    if (track.sent < track.last) this.#behind.set(conv, true);
    return track;
  }

  async #announceGroup(conversation: ConversationForDevice, recent: number): Promise<Track | undefined> {
    const { uid, groups, outlet } = this.#options;
    const { conv, own } = conversation;
    const spans = await groups.spans(conv, uid);
    const last = newestReadable(spans, conversation.last);
    const begun = this.#tracks.get(conv)?.from;
    const from = begun ?? (await beginningInGroup(this.#options, conversation, spans, recent));
    if (from === undefined) return undefined;
    const frame = await groupConversationFrame(groups, conversation, { from, last, spans });
    if (frame === undefined) return undefined;
    const track = this.#tracks.get(conv) ?? this.#newTrack(conv, from, own.read);
    track.spans = spansBehind(spans, Math.min(track.read, track.sent));
    outlet.write(frame);
    const missed = await missedChange(groups, spans, { conv, uid, after: track.sent });
    // Up to where he came back: there may be more of them.
    const back = missed === undefined ? 0 : (spans.at(-1)?.after ?? 0);
    track.last = Math.max(track.last, last, back);
    if (track.sent < track.last) this.#behind.set(conv, true);
    return track;
  }

  /** What lies between is not for the user. */
  async #skip(conv: number, track: Track, to: number, spans: readonly GroupSpan[]): Promise<void> {
    const { cursors, groups, outlet, uid, dev } = this.#options;
    const conversation = await cursors.forDevice(conv, uid, dev);
    const last = Math.max(to, track.last);
    const frame =
      conversation && (await groupConversationFrame(groups, conversation, { from: to, last, spans }));
    if (frame === undefined || outlet.closed) return;
    outlet.write(frame);
    track.spans = spansBehind(spans, Math.min(track.read, track.sent));
    track.sent = Math.max(track.sent, to);
    track.last = Math.max(track.last, to);
  }

  /** `read`: of a group. */
  #newTrack(conv: number, from: number, read?: number): Track {
    const run = this.#own.get(conv);
    const track: Track = {
      isGroup: read !== undefined,
      read: read ?? 0,
      spans: [],
      from,
      sent: run !== undefined && from >= run.first - 1 ? Math.max(from, run.last) : from,
      last: this.#unlisted.get(conv) ?? 0,
      unacknowledged: [],
    };
    this.#unlisted.delete(conv);
    this.#own.delete(conv);
    this.#tracks.set(conv, track);
    return track;
  }

  #count(track: Track, seq: number): void {
    track.sent = seq;
    track.unacknowledged.push(seq);
    this.#inFlight += 1;
    this.#options.onDelivered();
  }

  /** Once, when everything of the initial listing was streamed. */
  #reportSynced(): void {
    if (!this.#isListed || this.#catchingUp.size > 0 || this.#position === reported) return;
    this.#options.outlet.write({ t: 'synced', position: this.#position });
    this.#position = reported;
  }
}

/** Conversations in one read of the initial listing. */
const listingPage = 100;
/** A new device gets the last messages of the newest conversations, one of each older one; the rest is history. */
const conversationsInFull = 50;
const recentMessages = 20;
/** Messages of one conversation read at a time, so that conversations take turns. */
const streamPage = 100;
/** What a turn reads goes out together: many conversations have little each. */
const conversationsPerTurn = 8;
const reported = -1;
