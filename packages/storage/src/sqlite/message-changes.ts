import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { ageNumbers, eventNumbers, messageStates } from '../sql/message-states.ts';
import type { CursorMoves, MarkChange, NewMessage } from '../store.ts';
import type { Head } from './conversation-heads.ts';

/** What events and ages do to messages. Ordinary messages know nothing of it. */
export class MessageChanges {
  readonly #mark: StatementSync;
  readonly #insertExtra: StatementSync;
  readonly #dropContent: StatementSync;
  readonly #edit: StatementSync;
  readonly #noteEdit: StatementSync;
  readonly #recall: StatementSync;
  readonly #dropExtra: StatementSync;
  readonly #startAges: StatementSync;
  readonly #findTarget: StatementSync;
  readonly #findMark: StatementSync;
  readonly #noteMark: StatementSync;
  readonly #removeMarks: StatementSync;
  readonly #addMark: StatementSync;
  readonly #selectAging: StatementSync;

  constructor(database: DatabaseSync) {
    // Neither what is gone nor another event.
    const target = `
      where conv = ? and seq = ? and content is not null
        and not exists (select 1 from message_extras x where x.mid = messages.mid and x.event > 0)
      returning mid`;
    const aging = 'conv = ? and age > 0 and due_at is null';
    this.#findTarget = database.prepare(`
      select mid, sender from messages where conv = ? and seq = ? and content is not null
        and not exists (select 1 from message_extras x where x.mid = messages.mid and x.event > 0)`);
    this.#findMark = database.prepare('select 1 from message_marks where mid = ? and event = ? limit 1');
    this.#noteMark = database.prepare(`
      insert into message_extras (mid, conv, seq, sender, marked) values (?, ?, ?, ?, ?)
      on conflict (mid) do update set marked = excluded.marked`);
    this.#removeMarks = database.prepare(`
      delete from message_marks
      where mid = ? and event = ? and (uid = ? or ? = 0) and (value = ? or ? = 0)`);
    this.#addMark = database.prepare(`
      insert into message_marks (mid, event, value, uid, conv, seq, ts) values (?, ?, ?, ?, ?, ?, ?)
      on conflict do nothing`);
    this.#mark = database.prepare(`update messages set state = ${messageStates.extra} where mid = ?`);
    this.#insertExtra = database.prepare(`
      insert into message_extras (mid, conv, seq, sender, event, target, age, age_from, due_at)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    this.#dropContent = database.prepare('update messages set content = null where mid = ?');
    this.#edit = database.prepare(
      `update messages set content = ?, state = ${messageStates.extra} ${target}, sender`,
    );
    this.#noteEdit = database.prepare(`
      insert into message_extras (mid, conv, seq, sender, edited_at) values (?, ?, ?, ?, ?)
      on conflict (mid) do update set edited_at = excluded.edited_at`);
    this.#recall = database.prepare(
      `update messages set content = null, state = ${messageStates.recalled} ${target}`,
    );
    this.#dropExtra = database.prepare('delete from message_extras where mid = ?');
    this.#startAges = database.prepare(`
      update message_extras set due_at = ? + age * 1000
      where ${aging} and (sender <> ? or ?)
        and (age_from = ${ageNumbers.delivered} and seq <= ? or age_from = ${ageNumbers.read} and seq <= ?)`);
    this.#selectAging = database.prepare(`select 1 from message_extras where ${aging} limit 1`);
  }

  /** Completes an event, or a message with an age, that was just inserted. */
  complete(head: Head, mid: number, seq: number, message: NewMessage): void {
    const { change, ts, sender, content } = message;
    const age = change === undefined ? message.age : undefined;
    this.#mark.run(mid);
    const dueAt = age?.from === 'sent' ? ts + age.seconds * 1000 : null;
    this.#insertExtra.run(
      mid,
      head.conv,
      seq,
      sender,
      change === undefined ? 0 : eventNumbers[change.event],
      change?.target ?? null,
      age?.seconds ?? 0,
      age === undefined ? 0 : ageNumbers[age.from],
      dueAt,
    );
    if (age !== undefined && dueAt === null) head.aging = true;
    if (change?.event === 'edit') {
      this.#dropContent.run(mid);
      const edited = this.#edit.get(content, head.conv, change.target);
      if (edited !== undefined) {
        this.#noteEdit.run(Number(edited.mid), head.conv, change.target, Number(edited.sender), ts);
      }
    } else if (change?.event === 'recall') {
      const recalled = this.#recall.get(head.conv, change.target);
      if (recalled !== undefined) this.#dropExtra.run(Number(recalled.mid));
    } else if (change?.mark !== undefined) {
      this.#applyMark(head.conv, seq, message, change.target, change.mark);
    }
  }

  #applyMark(
    conv: number,
    seq: number,
    { change, sender, ts }: NewMessage,
    target: number,
    { removes, adds, unless }: MarkChange,
  ): void {
    const marked = this.#findTarget.get(conv, target);
    if (marked === undefined || change === undefined) return;
    const mid = Number(marked.mid);
    if (unless !== undefined && this.#findMark.get(mid, eventNumbers[unless]) !== undefined) return;
    const event = eventNumbers[change.event];
    this.#mark.run(mid);
    this.#noteMark.run(mid, conv, target, Number(marked.sender), seq);
    if (removes !== null) {
      const { of, value } = removes;
      this.#removeMarks.run(
        mid,
        event,
        sender,
        Number(of === 'sender'),
        value ?? '',
        Number(value !== undefined),
      );
    }
    for (const value of adds) this.#addMark.run(mid, event, value, sender, conv, seq, ts);
  }

  /** A member's cursors have moved: the ages of messages that they cover first begin. */
  startAges(head: Head, uid: number, { delivered, read }: CursorMoves, now: number): void {
    if (delivered === undefined && read === undefined) return;
    this.#startAges.run(now, head.conv, uid, Number(head.notes), delivered ?? 0, read ?? 0);
    head.aging = this.#selectAging.get(head.conv) !== undefined;
  }
}
