/**
 * What a batch asks the database inside its transaction, before it changes anything.
 * @module
 */
import type { Appended, NewMessage } from '../store.ts';
import { int8Array, int8Column } from './binary-arrays.ts';
import type { Connection } from './connections.ts';
import { type Head, type Member, memberName, placeName } from './log-changes.ts';

/**
 * Locks conversations until the end of the transaction, always in the same order, so that two batches wait for each
 * other but never both.
 */
export async function lockConversations(
  connection: Connection,
  convs: Iterable<number>,
): Promise<Map<number, Head>> {
  const rows = await connection.numbers(
    `select conv, last, last_at, (a is not null and a = b)::int, epoch,
      coalesce(in_turn, -1), turn, coalesce(gid, 0) from conversations
    where conv = any($1::int8[]) order by conv for no key update`,
    [int8Array([...convs])],
  );
  return new Map(
    rows.map(([conv = 0, last = 0, lastAt = 0, notes, epoch = 0, flags = -1, turn = 0, gid = 0]) => [
      conv,
      {
        conv,
        epoch,
        last,
        lastAt,
        notes: notes === 1,
        turns: flags < 0 ? undefined : { gid, flags, last: turn },
      },
    ]),
  );
}

/** Who has the messages that are changed, by {@link placeName}, in conversations with turns. */
export async function findReaders(
  connection: Connection,
  changes: readonly { readonly conv: number; readonly gid: number; readonly target: number }[],
): Promise<Map<string, number[]>> {
  const readers = new Map<string, number[]>();
  if (changes.length === 0) return readers;
  const rows = await connection.numbers(
    `select distinct k.conv, k.target, m.uid from unnest($1::int8[], $2::int8[], $3::int8[]) k (conv, gid, target)
    join group_spans s on s.conv = k.conv and s.left_seq >= k.target and s.joined_seq < k.target
    join group_members m on m.gid = k.gid and m.uid = s.uid`,
    [
      int8Column(changes, ({ conv }) => conv),
      int8Column(changes, ({ gid }) => gid),
      int8Column(changes, ({ target }) => target),
    ],
  );
  for (const [conv = 0, target = 0, uid = 0] of rows) {
    const name = placeName(conv, target);
    readers.set(name, [...(readers.get(name) ?? []), uid]);
  }
  return readers;
}

/** Who takes turns in these conversations, ascending by uid. They change only while their conversation is locked. */
export async function findTakers(
  connection: Connection,
  heads: Iterable<Head>,
): Promise<Map<number, number[]>> {
  const takers = new Map<number, number[]>();
  const asked = [...heads].flatMap(({ conv, turns }) => (turns === undefined ? [] : [{ conv, ...turns }]));
  if (asked.length === 0) return takers;
  const rows = await connection.numbers(
    `select k.conv, m.uid from unnest($1::int8[], $2::int8[], $3::int8[]) k (conv, gid, flags)
    join group_members m on m.gid = k.gid and (m.flags & k.flags) = k.flags order by k.conv, m.uid`,
    [
      int8Column(asked, ({ conv }) => conv),
      int8Column(asked, ({ gid }) => gid),
      int8Column(asked, ({ flags }) => flags),
    ],
  );
  for (const [conv = 0, uid = 0] of rows) {
    const known = takers.get(conv);
    if (known === undefined) takers.set(conv, [uid]);
    else known.push(uid);
  }
  return takers;
}

/** Which of the messages were appended before, by `sender:dev:id`. */
export async function findSends(
  connection: Connection,
  messages: readonly NewMessage[],
): Promise<Map<string, Appended>> {
  if (messages.length === 0) return new Map();
  const rows = await connection.numbers(
    `select m.sender, m.dev, m.id, m.mid, m.conv, m.seq, m.ts
    from unnest($1::int8[], $2::int8[], $3::int8[]) k (sender, dev, id)
    join messages m on m.sender = k.sender and m.dev = k.dev and m.id = k.id`,
    [
      int8Column(messages, ({ sender }) => sender),
      int8Column(messages, ({ dev }) => dev),
      int8Column(messages, ({ id }) => id),
    ],
  );
  return new Map(
    rows.map(([sender, dev, id, mid = 0, conv = 0, seq = 0, ts = 0]) => [
      `${sender}:${dev}:${id}`,
      { mid, conv, seq, ts, duplicate: true, epoch: 0 },
    ]),
  );
}

/** By {@link memberName}. Their cursors change only while their conversation is locked. */
export async function findMembers(
  connection: Connection,
  members: readonly { readonly uid: number; readonly conv: number }[],
): Promise<Map<string, Member>> {
  if (members.length === 0) return new Map();
  const rows = await connection.numbers(
    `select m.uid, m.conv, m.delivered, m.delivered_at, m.read, m.read_at, m.seen
    from unnest($1::int8[], $2::int8[]) k (uid, conv)
    join members m on m.uid = k.uid and m.conv = k.conv`,
    [int8Column(members, ({ uid }) => uid), int8Column(members, ({ conv }) => conv)],
  );
  return new Map(
    rows.map(([uid = 0, conv = 0, delivered = 0, deliveredAt = 0, read = 0, readAt = 0, seen = 0]) => [
      memberName(uid, conv),
      { uid, conv, delivered, deliveredAt, read, readAt, seen },
    ]),
  );
}

/** In which of the conversations messages wait for a cursor. */
export async function findAging(connection: Connection, convs: Iterable<number>): Promise<Set<number>> {
  const array = [...convs];
  if (array.length === 0) return new Set();
  const rows = await connection.numbers(
    'select distinct conv from message_extras where conv = any($1::int8[]) and age > 0 and due_at is null',
    [int8Array(array)],
  );
  return new Set(rows.map(([conv = 0]) => conv));
}

export async function takeMessageIds(connection: Connection, count: number): Promise<number[]> {
  if (count === 0) return [];
  const rows = await connection.numbers(`select nextval('message_ids') from generate_series(1, $1::int8)`, [
    count,
  ]);
  return rows.map(([mid = 0]) => mid);
}
