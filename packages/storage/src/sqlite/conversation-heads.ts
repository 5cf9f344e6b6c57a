import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import { conversationName, groupName, pairName } from '../sql/conversation-name.ts';
import type { MovingCursors } from '../sql/member-cursors.ts';
import type { ConversationKey } from '../store.ts';

/** What the writer knows of a conversation, ahead of the database while a batch is under way. */
export interface Head {
  readonly conv: number;
  /** What the conversation is called among the keys. */
  readonly name: string;
  readonly epoch: number;
  last: number;
  lastAt: number;
  readonly members: Map<number, MemberHead>;
  /** Of a user with himself. */
  readonly notes: boolean;
  /** Where each message goes to one member in turn. */
  readonly turns: Turns | undefined;
  /** There may be messages whose age begins with a cursor. */
  aging: boolean;
  /** Is among those that the batch has changed. */
  changed: boolean;
}

export interface Turns {
  readonly gid: number;
  /** Bits that a member needs to take turns. */
  readonly flags: number;
  /** Who had the last one. */
  last: number;
}

export interface MemberHead extends MovingCursors {
  readonly conv: number;
  readonly uid: number;
  /** Is among those whose cursors the batch has moved. */
  moved: boolean;
}

type HeadRow = Readonly<Record<string, SQLOutputValue>>;

/** Conversations kept between batches; when there are more, it starts anew. */
const limit = 20_000;

/**
 * The heads of conversations that were used lately: the newest place and the members' cursors, read once and then
 * kept. That is right because nobody else writes; a conversation that was removed with its app is caught by the
 * foreign keys of what is written about it.
 */
export class ConversationHeads {
  readonly #byConv = new Map<number, Head>();
  readonly #byKey = new Map<string, Head>();
  readonly #selectPair: StatementSync;
  readonly #selectGroup: StatementSync;
  readonly #selectConv: StatementSync;
  readonly #selectMember: StatementSync;
  readonly #insertConversation: StatementSync;
  readonly #insertMember: StatementSync;

  constructor(database: DatabaseSync) {
    const columns = `conv, a, b, aid, gid, last, last_at, epoch, in_turn, turn, exists (
      select 1 from message_extras x where x.conv = conversations.conv and age > 0 and due_at is null) as aging`;
    this.#selectPair = database.prepare(
      `select ${columns} from conversations where a = ? and b = ? and gid is null`,
    );
    this.#selectGroup = database.prepare(`select ${columns} from conversations where aid = ? and gid = ?`);
    this.#selectConv = database.prepare(`select ${columns} from conversations where conv = ?`);
    this.#selectMember = database.prepare(
      'select uid, delivered, delivered_at, read, read_at, seen from members where uid = ? and conv = ?',
    );
    this.#insertConversation = database.prepare(
      'insert into conversations (aid, a, b, gid) values (?, ?, ?, ?) returning conv',
    );
    this.#insertMember = database.prepare('insert into members (uid, conv) values (?, ?)');
  }

  find(key: ConversationKey): Head | undefined {
    const name = conversationName(key);
    const known = this.#byKey.get(name);
    if (known !== undefined) return known;
    const row =
      key.kind === 'pair'
        ? this.#selectPair.get(Math.min(key.a, key.b), Math.max(key.a, key.b))
        : this.#selectGroup.get(key.aid, key.gid);
    if (row === undefined) return undefined;
    return this.#keep(name, row);
  }

  findById(conv: number): Head | undefined {
    const known = this.#byConv.get(conv);
    if (known !== undefined) return known;
    const row = this.#selectConv.get(conv);
    if (row === undefined) return undefined;
    const name =
      row.gid === null ? pairName(Number(row.a), Number(row.b)) : groupName(Number(row.aid), Number(row.gid));
    return this.#keep(name, row);
  }

  create(key: ConversationKey): Head {
    if (key.kind === 'group') {
      return this.#keep(conversationName(key), this.#insert(key.aid, null, null, key.gid));
    }
    const [a, b] = [Math.min(key.a, key.b), Math.max(key.a, key.b)];
    const row = this.#insert(key.aid, a, b, null);
    const conv = Number(row.conv);
    this.#insertMember.run(a, conv);
    if (a !== b) this.#insertMember.run(b, conv);
    return this.#keep(conversationName(key), row);
  }

  member(head: Head, uid: number): MemberHead | undefined {
    const known = head.members.get(uid);
    if (known !== undefined) return known;
    const row = this.#selectMember.get(uid, head.conv);
    if (row === undefined) return undefined;
    const member: MemberHead = {
      conv: head.conv,
      uid,
      delivered: Number(row.delivered),
      deliveredAt: Number(row.delivered_at),
      read: Number(row.read),
      readAt: Number(row.read_at),
      seen: Number(row.seen),
      moved: false,
    };
    head.members.set(uid, member);
    return member;
  }

  /** Only when what is kept of it is written. */
  forgetOne(conv: number): void {
    const head = this.#byConv.get(conv);
    if (head === undefined) return;
    this.#byConv.delete(conv);
    this.#byKey.delete(head.name);
  }

  /** Only when everything kept is written. */
  trim(): void {
    if (this.#byConv.size > limit) this.forget();
  }

  forget(): void {
    this.#byConv.clear();
    this.#byKey.clear();
  }

  #insert(aid: number, a: number | null, b: number | null, gid: number | null): HeadRow {
    const conv = Number(this.#insertConversation.get(aid, a, b, gid)?.conv);
    return { conv, a, b, gid, last: 0, last_at: 0, epoch: 0, in_turn: null, turn: 0, aging: 0 };
  }

  #keep(name: string, row: HeadRow): Head {
    const conv = Number(row.conv);
    const head: Head = {
      conv,
      name,
      epoch: Number(row.epoch),
      last: Number(row.last),
      lastAt: Number(row.last_at),
      members: new Map(),
      notes: row.a !== null && row.a === row.b,
      turns:
        row.in_turn === null
          ? undefined
          : { gid: Number(row.gid), flags: Number(row.in_turn), last: Number(row.turn) },
      aging: row.aging === 1,
      changed: false,
    };
    this.#byConv.set(conv, head);
    this.#byKey.set(name, head);
    return head;
  }
}
