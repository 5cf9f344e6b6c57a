import { hasMoved, type MovingCursors, moveCursors } from '../sql/member-cursors.ts';
import { receiptKinds } from '../sql/receipt-kinds.ts';
import { noteKinds } from '../sql/webhook-statements.ts';
import type { Appended, CursorAdvance, CursorMoves, NewMessage } from '../store.ts';
import { isSpecial, MessageEffects, waits } from './message-effects.ts';

/** A conversation that the transaction has locked. */
export interface Head {
  readonly conv: number;
  readonly epoch: number;
  last: number;
  lastAt: number;
  /** Of a user with himself. */
  readonly notes: boolean;
  /** Where each message goes to one member in turn: of those with the flags the next one after the last. */
  readonly turns: { readonly gid: number; readonly flags: number; last: number } | undefined;
}

/** A place that somebody gets, where messages go to one member in turn. */
export interface TurnRow {
  readonly conv: number;
  readonly uid: number;
  readonly seq: number;
}

export interface Member extends MovingCursors {
  readonly conv: number;
  readonly uid: number;
}

export interface MessageRow {
  readonly mid: number;
  readonly conv: number;
  readonly seq: number;
  readonly message: NewMessage;
}

export interface ReceiptRow {
  readonly conv: number;
  readonly uid: number;
  readonly kind: number;
  readonly seq: number;
  readonly ts: number;
}

export interface DeviceCursorRow {
  readonly dev: number;
  readonly uid: number;
  readonly conv: number;
  received: number;
}

/** What the database holds of everything that a batch is about. */
export interface Found {
  readonly heads: ReadonlyMap<number, Head>;
  readonly members: ReadonlyMap<string, Member>;
  /** Conversations with messages whose age begins with a cursor. */
  readonly aging: ReadonlySet<number>;
  /** Who takes turns in which conversation, ascending. */
  readonly takers: ReadonlyMap<number, readonly number[]>;
  /** Who has a message that is changed there, by {@link placeName}. */
  readonly readers: ReadonlyMap<string, readonly number[]>;
  /** Sends that were appended before, by {@link sendName}. */
  readonly sends: ReadonlyMap<string, Appended>;
  /** At least one for each append, ascending. */
  readonly mids: readonly number[];
}

export const memberName = (uid: number, conv: number): string => `${uid}:${conv}`;

export const placeName = (conv: number, seq: number): string => `${conv}:${seq}`;

/** Undefined for a message without idempotency key. */
export function sendName({ sender, dev, id }: NewMessage): string | undefined {
  return id === null ? undefined : `${sender}:${dev}:${id}`;
}

/** Carries out operations, one after the other, on what was found, and gathers what is to be written: no effects. */
export class LogChanges {
  readonly messages: MessageRow[] = [];
  readonly receipts: ReceiptRow[] = [];
  /** For webhooks. */
  readonly notes: ReceiptRow[] = [];
  readonly turns: TurnRow[] = [];
  readonly effects = new MessageEffects();
  readonly moved = new Set<Member>();
  /** In which there is anything new. */
  readonly changed = new Set<Head>();
  readonly #deviceCursors = new Map<string, DeviceCursorRow>();
  readonly #found: Found;
  readonly #sends: Map<string, Appended>;
  readonly #aging: Set<number>;

  constructor(found: Found) {
    this.#found = found;
    this.#sends = new Map(found.sends);
    this.#aging = new Set(found.aging);
  }

  get deviceCursors(): Iterable<DeviceCursorRow> {
    return this.#deviceCursors.values();
  }

  /** Undefined when there is no such conversation, and none was to be made. */
  append(message: NewMessage, conv: number | undefined): Appended | undefined {
    const name = sendName(message);
    const first = name === undefined ? undefined : this.#sends.get(name);
    if (first !== undefined) return { ...first, duplicate: true, epoch: 0 };
    const head = conv === undefined ? undefined : this.#found.heads.get(conv);
    const mid = this.#found.mids[this.messages.length];
    if (head === undefined || mid === undefined) return undefined;
    head.last += 1;
    head.lastAt = message.ts;
    this.changed.add(head);
    const row = { mid, conv: head.conv, seq: head.last, message };
    this.messages.push(row);
    if (message.noted) {
      const { sender: uid, ts } = message;
      this.notes.push({ conv: head.conv, uid, kind: noteKinds.message, seq: head.last, ts });
    }
    if (isSpecial(message)) {
      this.effects.appended(row);
      if (waits(message)) this.#aging.add(head.conv);
    }
    const { epoch } = head;
    const base = { mid, conv: head.conv, seq: head.last, ts: message.ts, duplicate: false, epoch };
    const receiver = this.#takeTurn(head, message);
    const appended = receiver === undefined ? base : { ...base, receiver };
    if (name !== undefined) this.#sends.set(name, appended);
    return appended;
  }

  advance({ conv, uid, dev, kind, seq, now, noted }: CursorAdvance): CursorMoves {
    const head = this.#found.heads.get(conv);
    const member = this.#found.members.get(memberName(uid, conv));
    if (head === undefined || member === undefined) return {};
    const place = Math.min(seq, head.last);
    if (place < 1) return {};
    if (kind === 'received' && dev !== 0) this.#advanceDevice(dev, uid, conv, place);
    const moves = moveCursors(member, kind, place, now);
    for (const kind of ['delivered', 'read'] as const) {
      if (moves[kind] !== undefined) {
        this.receipts.push({ conv, uid, kind: receiptKinds[kind], seq: place, ts: now });
        if (noted) this.notes.push({ conv, uid, kind: noteKinds[kind], seq: place, ts: now });
      }
    }
    if (this.#aging.has(conv) && hasMoved(moves)) {
      this.effects.startAges({ conv, uid, notes: head.notes, now, ...moves });
    }
    if (hasMoved(moves)) {
      this.moved.add(member);
      this.changed.add(head);
    }
    return moves;
  }

  #takeTurn({ conv, last: seq, turns }: Head, { sender, change }: NewMessage): number | undefined {
    if (turns === undefined) return undefined;
    if (change !== undefined) {
      const readers = this.#found.readers.get(placeName(conv, change.target)) ?? [];
      for (const uid of readers) this.turns.push({ conv, uid, seq });
      return 0;
    }
    const takers = this.#found.takers.get(conv) ?? [];
    const others = takers.filter((uid) => uid !== sender);
    if (others.length < takers.length) this.turns.push({ conv, uid: sender, seq });
    const uid = others.find((other) => other > turns.last) ?? others[0];
    if (uid === undefined) return 0;
    this.turns.push({ conv, uid, seq });
    turns.last = uid;
    return uid;
  }

  #advanceDevice(dev: number, uid: number, conv: number, received: number): void {
    const key = `${dev}:${uid}:${conv}`;
    const cursor = this.#deviceCursors.get(key);
    if (cursor === undefined) this.#deviceCursors.set(key, { dev, uid, conv, received });
    else if (received > cursor.received) cursor.received = received;
  }
}
