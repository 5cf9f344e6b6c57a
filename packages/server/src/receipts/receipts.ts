import type { Bus } from '@stoa/bus';
import { encodeReceipt } from '@stoa/protocol';
import type { Conversation, CursorAdvance, CursorStore, MessageLog } from '@stoa/storage';
import type { Blocking } from '../blocking/index.ts';
import { BoundedMap } from '../bounded-map.ts';
import type { Clock } from '../clock.ts';
import type { Directory } from '../directory/index.ts';
import { publishToUser } from '../events.ts';

export interface ReceiptsOptions {
  readonly cursors: CursorStore;
  readonly log: MessageLog;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly directory: Pick<Directory, 'byUid'>;
  readonly blocking: Pick<Blocking, 'mayReach' | 'blocksNobody'>;
  readonly onMoved?: (moved: CursorsMoved) => void;
  /** Whether other users are told what has reached this one; the app's own back end is in any case. */
  readonly tellsDelivered?: TellsDelivered;
  /** Whether what moves is to be noted for who is to be told of it, whatever becomes of this node. */
  readonly isNoted?: (aid: number) => boolean;
}

export type TellsDelivered = (reader: {
  readonly aid: number;
  readonly uid: number;
}) => boolean | Promise<boolean>;

/** Cursors of a member that have moved to these places, for somebody outside who is to be told. */
export interface CursorsMoved {
  readonly aid: number;
  readonly uid: number;
  readonly address: string;
  readonly conv: number;
  readonly delivered: number | undefined;
  /** Read, and others may know. */
  readonly read: number | undefined;
  readonly at: number;
}

/** Who acknowledges. */
export interface Reader {
  readonly aid: number;
  readonly uid: number;
  readonly address: string;
  readonly dev: number;
}

/** Moves cursors when devices acknowledge, and tells those who may know. */
export class Receipts {
  readonly #cursors: CursorStore;
  readonly #log: MessageLog;
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #directory: Pick<Directory, 'byUid'>;
  readonly #blocking: Pick<Blocking, 'mayReach' | 'blocksNobody'>;
  readonly #onMoved: (moved: CursorsMoved) => void;
  readonly #tellsDelivered: TellsDelivered;
  readonly #isNoted: (aid: number) => boolean;
  /** Conversations never change their members, so a cached one stays true. */
  readonly #conversations = new BoundedMap<number, Conversation>(50_000);

  constructor(options: ReceiptsOptions) {
    const { cursors, log, bus, clock, directory, blocking } = options;
    this.#onMoved = options.onMoved ?? (() => {});
    this.#tellsDelivered = options.tellsDelivered ?? (() => true);
    this.#isNoted = options.isNoted ?? (() => false);
    this.#directory = directory;
    this.#blocking = blocking;
    this.#cursors = cursors;
    this.#log = log;
    this.#bus = bus;
    this.#clock = clock;
  }

  /**
   * The reader's device acknowledges everything up to `seq`. Acknowledging a conversation of others changes nothing
   * and tells nothing, not even whether it exists. Whom the reader blocks is not told: he reads without receipt.
   */
  async advance(reader: Reader, conv: number, asked: CursorAdvance['kind'], seq: number): Promise<void> {
    const hides = !this.#blocking.blocksNobody(reader.uid) && (await this.#hides(reader.uid, conv));
    const kind = hides && asked === 'read' ? 'seen' : asked;
    // Before anything moves: a store that goes away in between must not leave a move untold.
    const peer = await this.#peerOf(conv, reader.uid);
    const now = this.#clock.now();
    const noted = !hides && this.#isNoted(reader.aid);
    const advance = { conv, uid: reader.uid, dev: reader.dev, kind, seq, now };
    const moves = await this.#cursors.advance(noted ? { ...advance, noted } : advance);
    const { delivered, read, seen } = moves;
    if (!hides && (delivered !== undefined || read !== undefined)) {
      const { aid, uid, address } = reader;
      this.#onMoved({ aid, uid, address, conv, delivered, read, at: now });
      const told = delivered === undefined || (await this.#tellsDelivered(reader)) ? delivered : undefined;
      if (peer !== undefined && (told !== undefined || read !== undefined)) {
        this.#tell(peer, { conv, user: reader.address, delivered: told, read, ts: now });
      }
    }
    // The reader's other devices clear their unread marks.
    const own = seen ?? read;
    if (own !== undefined) {
      this.#tell(reader.uid, { conv, user: reader.address, read: own, ts: now }, reader.dev);
    }
  }

  /** Whether the reader blocks the other one. */
  async #hides(uid: number, conv: number): Promise<boolean> {
    const peer = await this.#peerOf(conv, uid);
    const person = peer === undefined ? undefined : await this.#directory.byUid(peer);
    return person !== undefined && !(await this.#blocking.mayReach(uid, person.address, 'messages'));
  }

  #tell(uid: number, frame: Parameters<typeof encodeReceipt>[0], exceptDev = 0): void {
    publishToUser(this.#bus, uid, { type: 'frame', bytes: encodeReceipt(frame), exceptDev });
  }

  /** The other one of a pair; undefined for notes to oneself. */
  async #peerOf(conv: number, uid: number): Promise<number | undefined> {
    const conversation = this.#conversations.get(conv) ?? (await this.#log.conversation(conv));
    if (conversation === undefined) return undefined;
    this.#conversations.set(conv, conversation);
    const { key } = conversation;
    if (key.kind !== 'pair' || key.a === key.b) return undefined;
    return key.a === uid ? key.b : key.a;
  }
}
