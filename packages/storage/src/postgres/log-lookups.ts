/**
 * What a batch asks the database inside its transaction, before it changes anything.
 * @module
 */
import type { Appended, NewMessage } from '../store.ts';
import { int8Array, int8Column } from './binary-arrays.ts';
import type { Connection } from './connections.ts';
import { type Head, type Member, memberName } from './log-changes.ts';

/**
 * Locks conversations until the end of the transaction, always in the same order, so that two batches wait for each
 * other but never both.
 */
export async function lockConversations(
  connection: Connection,
  convs: Iterable<number>,
): Promise<Map<number, Head>> {
  const rows = await connection.numbers(
    `select conv, last, last_at, (a is not null and a = b)::int, epoch from conversations
    where conv = any($1::int8[]) order by conv for no key update`,
    [int8Array([...convs])],
  );
  return new Map(
    rows.map(([conv = 0, last = 0, lastAt = 0, notes, epoch = 0]) => [
      conv,
      { conv, epoch, last, lastAt, notes: notes === 1 },
    ]),
  );
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
