import type { ReadFrame } from '@stoa/protocol';
import type { Clock, ServerClock } from '../clock.ts';
import type { Link } from '../connection/index.ts';
import { conversationId, lastPlace } from '../conversations/index.ts';
import type { ConversationRecord, LocalData } from '../store/index.ts';
import { Timer } from '../timer.ts';
import type { ConversationId, Target } from '../types.ts';
import { keyOf, type SharedValues } from '../values/index.ts';
import type { Cursors } from './cursors.ts';

export interface ReadOptions {
  /** Place of the newest message that was read; default: the newest one here. */
  readonly upTo?: number;
  /** Whether others may know; default true. */
  readonly receipt?: boolean;
}

/** Marks messages as read, here at once and at the server as soon as there is a connection. */
export class Reading {
  readonly #data: LocalData;
  readonly #cursors: Cursors;
  readonly #link: Link;
  readonly #values: SharedValues;
  readonly #serverClock: ServerClock;
  readonly #clock: Clock;
  readonly #again: Timer;
  #refusals = 0;

  constructor(options: {
    data: LocalData;
    cursors: Cursors;
    link: Link;
    values: SharedValues;
    serverClock: ServerClock;
    clock: Clock;
  }) {
    this.#data = options.data;
    this.#cursors = options.cursors;
    this.#link = options.link;
    this.#values = options.values;
    this.#serverClock = options.serverClock;
    this.#clock = options.clock;
    this.#again = new Timer(options.clock, () => this.connected());
  }

  async markRead(target: Target, { upTo, receipt = true }: ReadOptions = {}): Promise<void> {
    const id = conversationId(target);
    await this.#data.transact(async (transaction) => {
      await this.#values.set(transaction, keyOf('unread', id), undefined);
      const before = transaction.conversation(id);
      if (before === undefined) return;
      const last = lastPlace(before.runs);
      const seq = Math.min(upTo ?? last, last);
      if (seq <= (receipt ? before.readWithReceipt : before.read) || seq < 1) return;
      await this.#cursors.moveOwn(transaction, id, seq, this.#serverClock.now());
      const record = transaction.conversation(id) ?? before;
      transaction.putConversation(receipt ? withReceipt(record, seq) : quietly(record, seq));
      transaction.afterwards(() => this.#report([id]));
    });
  }

  /** Repeats what the server has not confirmed. */
  connected(): void {
    const ids: ConversationId[] = [];
    for (const { id, unconfirmedRead } of this.#data.conversations()) if (unconfirmedRead) ids.push(id);
    if (ids.length > 0) this.#report(ids);
  }

  disconnected(): void {
    this.#again.clear();
  }

  /** The server could not store a mark just now: all that are not confirmed are repeated in a moment. */
  refused(): void {
    this.#refusals += 1;
    this.#again.setTo(this.#clock.now() + repeatedAfterMs);
  }

  #report(ids: readonly ConversationId[]): void {
    if (!this.#link.online) return;
    const reported = ids.flatMap((id) => this.#data.conversation(id) ?? []);
    for (const record of reported) for (const frame of readFrames(record)) this.#link.send(frame);
    const refusals = this.#refusals;
    this.#link.confirm(async () => {
      // After the frames that came with the confirmation: a refusal may be among them.
      await Promise.resolve();
      // When it fails, it is only reported once more.
      this.#confirmed(reported, refusals).catch(() => {});
    });
  }

  #confirmed(reported: readonly ConversationRecord[], refusals: number): Promise<void> {
    return this.#data.transact((transaction) => {
      if (refusals !== this.#refusals) return;
      for (const { id, unconfirmedRead } of reported) {
        const record = transaction.conversation(id);
        if (record === undefined || record.unconfirmedRead !== unconfirmedRead) continue;
        const { unconfirmedRead: _, ...confirmed } = record;
        transaction.putConversation(confirmed);
      }
    });
  }
}

/** The server is without its database for seconds, not for milliseconds. */
const repeatedAfterMs = 2_000;

function withReceipt(record: ConversationRecord, seq: number): ConversationRecord {
  const quiet = record.unconfirmedRead?.quiet ?? 0;
  const unconfirmedRead = { receipt: seq, ...(quiet > seq ? { quiet } : {}) };
  return { ...record, readWithReceipt: seq, unconfirmedRead };
}

function quietly(record: ConversationRecord, seq: number): ConversationRecord {
  return { ...record, unconfirmedRead: { ...record.unconfirmedRead, quiet: seq } };
}

function readFrames({ conv, unconfirmedRead }: ConversationRecord): ReadFrame[] {
  const { receipt, quiet } = unconfirmedRead ?? {};
  const frames: ReadFrame[] = [];
  if (receipt !== undefined) frames.push({ t: 'read', conv, seq: receipt });
  if (quiet !== undefined) frames.push({ t: 'read', conv, seq: quiet, receipt: false });
  return frames;
}
