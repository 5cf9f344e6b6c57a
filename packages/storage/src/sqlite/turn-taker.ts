import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { NewMessage } from '../store.ts';
import type { Head } from './conversation-heads.ts';

/** Gives messages of groups whose members get them in turn to the one whose turn it is. */
export class TurnTaker {
  readonly #selectNext: StatementSync;
  readonly #selectSender: StatementSync;
  readonly #selectReaders: StatementSync;
  readonly #insertMember: StatementSync;
  readonly #insertSpan: StatementSync;
  readonly #updateTurn: StatementSync;

  constructor(database: DatabaseSync) {
    this.#selectNext = database.prepare(`
      select uid from group_members where gid = ? and uid > ? and uid <> ? and (flags & ?) = ?
      order by uid limit 1`);
    this.#selectSender = database.prepare(
      'select 1 from group_members where gid = ? and uid = ? and (flags & ?) = ?',
    );
    this.#selectReaders = database.prepare(`
      select distinct m.uid from group_spans s join group_members m on m.gid = ? and m.uid = s.uid
      where s.conv = ? and s.left_seq >= ? and s.joined_seq < ?`);
    this.#insertMember = database.prepare(`
      insert into members (uid, conv, delivered, read, seen) values (?, ?, ?, ?, ?)
      on conflict (uid, conv) do nothing`);
    this.#insertSpan = database.prepare(`
      insert into group_spans (conv, uid, joined_seq, left_seq) values (?, ?, ?, ?)
      on conflict (conv, uid, joined_seq) do update set left_seq = excluded.left_seq`);
    this.#updateTurn = database.prepare('update conversations set turn = ? where conv = ?');
  }

  /**
   * Whose the newest entry of the log is, 0 for nobody's; undefined where there are no turns. A change of a message is for
   * those who have the message.
   */
  take({ conv, last: seq, turns }: Head, { sender, change }: NewMessage): number | undefined {
    if (turns === undefined) return undefined;
    const { gid, flags } = turns;
    if (change !== undefined) {
      const { target } = change;
      for (const { uid } of this.#selectReaders.all(gid, conv, target, target))
        this.#show(conv, Number(uid), seq);
      return 0;
    }
    const row =
      this.#selectNext.get(gid, turns.last, sender, flags, flags) ??
      this.#selectNext.get(gid, 0, sender, flags, flags);
    if (this.#selectSender.get(gid, sender, flags, flags) !== undefined) this.#show(conv, sender, seq);
    if (row === undefined) return 0;
    const uid = Number(row.uid);
    this.#show(conv, uid, seq);
    turns.last = uid;
    this.#updateTurn.run(uid, conv);
    return uid;
  }

  #show(conv: number, uid: number, seq: number): void {
    const before = seq - 1;
    this.#insertMember.run(uid, conv, before, before, before);
    this.#insertSpan.run(conv, uid, before, seq);
  }
}
