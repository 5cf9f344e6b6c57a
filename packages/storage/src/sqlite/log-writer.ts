import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { expiresSoon } from '../sql/expiry-list.ts';
import { hasMoved, moveCursors } from '../sql/member-cursors.ts';
import { receiptKinds } from '../sql/receipt-kinds.ts';
import { noteKinds } from '../sql/webhook-statements.ts';
import type { Appended, CursorAdvance, CursorMoves, NewMessage } from '../store.ts';
import { ConversationHeads, type Head, type MemberHead } from './conversation-heads.ts';
import { DeviceCursors } from './device-cursors.ts';
import { MessageChanges } from './message-changes.ts';
import { TurnTaker } from './turn-taker.ts';

/**
 * Appends and advances inside the transaction of a batch. A message and a receipt are written at once; what many of
 * them change (the head of a conversation, a cursor, the counters) is kept in memory and written once per batch, by
 * `flush`. The caller ends with `committed` or, when it rolled back, `forget`.
 */
export class LogWriter {
  readonly #heads: ConversationHeads;
  readonly #deviceCursors: DeviceCursors;
  readonly #changes: MessageChanges;
  readonly #turns: TurnTaker;
  readonly #changed: Head[] = [];
  readonly #moved: MemberHead[] = [];
  /** What `log_state` holds, with what was given since; unknown until the first batch and after a rollback. */
  #state: { position: number; mid: number } | undefined;
  /** Whether the position is one that this transaction has made. */
  #positionTaken = false;

  readonly #selectState: StatementSync;
  readonly #updateState: StatementSync;
  readonly #insertMessage: StatementSync;
  readonly #selectRepeated: StatementSync;
  readonly #insertExpiry: StatementSync;
  readonly #insertReceipt: StatementSync;
  readonly #insertNote: StatementSync;
  readonly #updateConversation: StatementSync;
  readonly #updateCursors: StatementSync;

  constructor(database: DatabaseSync) {
    this.#heads = new ConversationHeads(database);
    this.#deviceCursors = new DeviceCursors(database);
    this.#changes = new MessageChanges(database);
    this.#turns = new TurnTaker(database);
    this.#selectState = database.prepare('select position, mid from log_state');
    this.#updateState = database.prepare('update log_state set position = ?, mid = ?');
    this.#insertMessage = database.prepare(`
      insert into messages
        (mid, conv, seq, sender, dev, id, ts, type, flags, local_id, ref, expires_at, content)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      on conflict (sender, dev, id) where id is not null do nothing`);
    this.#selectRepeated = database.prepare(
      'select mid, conv, seq, ts from messages where sender = ? and dev = ? and id = ?',
    );
    this.#insertExpiry = database.prepare('insert into message_expiry (expires_at, mid) values (?, ?)');
    this.#insertReceipt = database.prepare(
      'insert into receipts (conv, uid, kind, seq, ts) values (?, ?, ?, ?, ?)',
    );
    this.#insertNote = database.prepare(
      'insert into webhook_notes (kind, conv, uid, seq, at) values (?, ?, ?, ?, ?)',
    );
    this.#updateConversation = database.prepare(
      'update conversations set last = ?, last_at = ?, position = ? where conv = ?',
    );
    this.#updateCursors = database.prepare(`
      update members set delivered = ?, delivered_at = ?, read = ?, read_at = ?, seen = ?
      where uid = ? and conv = ?`);
  }

  append(message: NewMessage): Appended {
    const state = this.#counters();
    let head = this.#heads.find(message.conversation);
    if (head === undefined) {
      const repeated = this.#repeated(message);
      if (repeated !== undefined) return repeated;
      head = this.#heads.create(message.conversation);
    }
    const mid = state.mid + 1;
    const seq = head.last + 1;
    const { changes } = this.#insertMessage.run(
      mid,
      head.conv,
      seq,
      message.sender,
      message.dev,
      message.id,
      message.ts,
      message.type,
      message.flags,
      message.localId,
      message.ref,
      message.expiresAt,
      message.content,
    );
    if (changes === 0) {
      const repeated = this.#repeated(message);
      if (repeated === undefined) throw new Error('A message was neither added nor there before.');
      return repeated;
    }
    if (expiresSoon(message)) this.#insertExpiry.run(message.expiresAt, mid);
    if (message.change !== undefined || message.age !== undefined) {
      this.#changes.complete(head, mid, seq, message);
    }
    if (message.noted) this.#insertNote.run(noteKinds.message, head.conv, message.sender, seq, message.ts);
    state.mid = mid;
    head.last = seq;
    head.lastAt = message.ts;
    this.#markChanged(head);
    const receiver = this.#turns.take(head, message);
    const appended = { mid, conv: head.conv, seq, ts: message.ts, duplicate: false, epoch: head.epoch };
    return receiver === undefined ? appended : { ...appended, receiver };
  }

  advance({ conv, uid, dev, kind, seq, now, noted }: CursorAdvance): CursorMoves {
    const head = this.#heads.findById(conv);
    const member = head && this.#heads.member(head, uid);
    if (head === undefined || member === undefined) return {};
    const place = Math.min(seq, head.last);
    if (place < 1) return {};
    if (kind === 'received' && dev !== 0) this.#deviceCursors.advance(dev, uid, conv, place);

    const moves = moveCursors(member, kind, place, now);
    for (const moved of ['delivered', 'read'] as const) {
      if (moves[moved] === undefined) continue;
      this.#insertReceipt.run(conv, uid, receiptKinds[moved], place, now);
      if (noted) this.#insertNote.run(noteKinds[moved], conv, uid, place, now);
    }
    if (hasMoved(moves)) this.#markMoved(head, member);
    if (head.aging) this.#changes.startAges(head, uid, moves, now);
    return moves;
  }

  /** Writes what was kept in memory, so that statements that follow in the transaction see it. */
  flush(): void {
    this.#deviceCursors.flush();
    if (this.#changed.length === 0) return;
    const state = this.#counters();
    if (!this.#positionTaken) state.position += 1;
    this.#positionTaken = true;
    const { position } = state;
    for (const member of this.#moved) {
      const { delivered, deliveredAt, read, readAt, seen } = member;
      this.#updateCursors.run(delivered, deliveredAt, read, readAt, seen, member.uid, member.conv);
      member.moved = false;
    }
    for (const head of this.#changed) {
      this.#updateConversation.run(head.last, head.lastAt, position, head.conv);
      head.changed = false;
    }
    this.#updateState.run(position, state.mid);
    this.#moved.length = 0;
    this.#changed.length = 0;
  }

  /** Another statement may have changed the counters in the database. Only when everything is flushed. */
  forgetCounters(): void {
    this.#state = undefined;
  }

  /** Another statement has changed the conversation or its members. Only when everything is flushed. */
  forgetConversation(conv: number): void {
    this.#heads.forgetOne(conv);
  }

  committed(): void {
    this.#positionTaken = false;
    this.#heads.trim();
  }

  forget(): void {
    this.forgetCounters();
    this.#positionTaken = false;
    this.#moved.length = 0;
    this.#changed.length = 0;
    this.#heads.forget();
    this.#deviceCursors.forget();
  }

  #markMoved(head: Head, member: MemberHead): void {
    this.#markChanged(head);
    if (member.moved) return;
    member.moved = true;
    this.#moved.push(member);
  }

  #markChanged(head: Head): void {
    if (head.changed) return;
    head.changed = true;
    this.#changed.push(head);
  }

  #repeated({ sender, dev, id }: NewMessage): Appended | undefined {
    if (id === null) return undefined;
    const row = this.#selectRepeated.get(sender, dev, id);
    if (row === undefined) return undefined;
    return {
      mid: Number(row.mid),
      conv: Number(row.conv),
      seq: Number(row.seq),
      ts: Number(row.ts),
      duplicate: true,
      epoch: 0,
    };
  }

  #counters(): { position: number; mid: number } {
    if (this.#state === undefined) {
      const row = this.#selectState.get();
      this.#state = { position: Number(row?.position), mid: Number(row?.mid) };
    }
    return this.#state;
  }
}
