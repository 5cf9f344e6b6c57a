import type { Bus } from '@stoa/bus';
import { encodeReceipt } from '@stoa/protocol';
import {
  type Conversation,
  type CursorAdvance,
  type CursorStore,
  type MessageLog,
  StoreUnavailableError,
} from '@stoa/storage';
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

/** What a device has received and the store could not take. */
interface Unstored {
  readonly reader: Reader;
  readonly conv: number;
  readonly seq: number;
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
  /** By device and conversation. */
  readonly #unstored = new Map<string, Unstored>();
  #isTrying = false;

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

  /**
   * As advance, of what a device has received. A client says it once: when it cannot be stored, it is tried again until
   * it is, or the node ends, and then the device is streamed what it did not acknowledge.
   */
  async received(reader: Reader, conv: number, seq: number): Promise<void> {
    try {
      await this.advance(reader, conv, 'received', seq);
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      const key = `${reader.uid}:${reader.dev}:${conv}`;
      const earlier = this.#unstored.get(key);
      if (earlier === undefined && this.#unstored.size >= unstoredAtMost) throw error;
      this.#unstored.set(key, { reader, conv, seq: Math.max(seq, earlier?.seq ?? 0) });
    }
  }

  /** Called several times a second: tries again what could not be stored, as long as that succeeds. */
  async sweep(): Promise<void> {
    if (this.#isTrying || this.#unstored.size === 0) return;
    this.#isTrying = true;
    try {
      for (const [key, { reader, conv, seq }] of this.#unstored) {
        this.#unstored.delete(key);
        await this.received(reader, conv, seq);
        if (this.#unstored.has(key)) return;
      }
    } finally {
      this.#isTrying = false;
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

const unstoredAtMost = 50_000;
