/**
 * The statements of a batch. Each treats all rows of its kind at once: parameters are arrays, a row of the table is
 * what stands at the same place in each of them.
 * @module
 */
import type { Appended, NewMessage } from '../store.ts';
import { byteaArray, int8Array } from './binary-arrays.ts';
import type { Connection } from './connections.ts';
import {
  type DeviceCursorRow,
  type Head,
  type Member,
  type MessageRow,
  memberName,
  type ReceiptRow,
} from './log-changes.ts';

/** Of advisory locks: that of Stoa, and the one of them under which positions are given. */
const positionLock = '1400139617, 2';

/** The column of each row. */
const column = <Row>(rows: readonly Row[], of: (row: Row) => number | null): Buffer =>
  int8Array(rows.map(of));

/**
 * Locks conversations until the end of the transaction, always in the same order, so that two batches wait for each
 * other but never both.
 */
export async function lockConversations(
  connection: Connection,
  convs: Iterable<number>,
): Promise<Map<number, Head>> {
  const rows = await connection.numbers(
    `select conv, last, last_at, (a is not null and a = b)::int, exists (
      select 1 from message_extras x where x.conv = c.conv and x.age > 0 and x.due_at is null)::int
    from conversations c where conv = any($1::int8[]) order by conv for no key update`,
    [int8Array([...convs])],
  );
  return new Map(
    rows.map(([conv = 0, last = 0, lastAt = 0, notes, aging]) => [
      conv,
      { conv, last, lastAt, notes: notes === 1, aging: aging === 1 },
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
      column(messages, ({ sender }) => sender),
      column(messages, ({ dev }) => dev),
      column(messages, ({ id }) => id),
    ],
  );
  return new Map(
    rows.map(([sender, dev, id, mid = 0, conv = 0, seq = 0, ts = 0]) => [
      `${sender}:${dev}:${id}`,
      { mid, conv, seq, ts, duplicate: true },
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
    [column(members, ({ uid }) => uid), column(members, ({ conv }) => conv)],
  );
  return new Map(
    rows.map(([uid = 0, conv = 0, delivered = 0, deliveredAt = 0, read = 0, readAt = 0, seen = 0]) => [
      memberName(uid, conv),
      { uid, conv, delivered, deliveredAt, read, readAt, seen },
    ]),
  );
}

export async function takeMessageIds(connection: Connection, count: number): Promise<number[]> {
  if (count === 0) return [];
  const rows = await connection.numbers(`select nextval('message_ids') from generate_series(1, $1::int8)`, [
    count,
  ]);
  return rows.map(([mid = 0]) => mid);
}

export async function insertMessages(connection: Connection, rows: readonly MessageRow[]): Promise<void> {
  if (rows.length === 0) return;
  const field = (of: (message: NewMessage) => number | null) => column(rows, ({ message }) => of(message));
  await connection.numbers(
    `insert into messages
      (mid, conv, seq, sender, dev, id, ts, type, flags, local_id, ref, expires_at, content)
    select * from unnest($1::int8[], $2::int8[], $3::int8[], $4::int8[], $5::int8[], $6::int8[], $7::int8[],
      $8::int8[], $9::int8[], $10::int8[], $11::int8[], $12::int8[], $13::bytea[])`,
    [
      column(rows, ({ mid }) => mid),
      column(rows, ({ conv }) => conv),
      column(rows, ({ seq }) => seq),
      field(({ sender }) => sender),
      field(({ dev }) => dev),
      field(({ id }) => id),
      field(({ ts }) => ts),
      field(({ type }) => type),
      field(({ flags }) => flags),
      field(({ localId }) => localId),
      field(({ ref }) => ref),
      field(({ expiresAt }) => expiresAt),
      byteaArray(rows.map(({ message }) => message.content)),
    ],
  );
}

export async function insertExpiries(connection: Connection, rows: readonly MessageRow[]): Promise<void> {
  const expiring = rows.filter(({ message }) => message.expiresAt > 0);
  if (expiring.length === 0) return;
  await connection.numbers(
    'insert into message_expiry (expires_at, mid) select * from unnest($1::int8[], $2::int8[])',
    [column(expiring, ({ message }) => message.expiresAt), column(expiring, ({ mid }) => mid)],
  );
}

export async function insertReceipts(connection: Connection, rows: readonly ReceiptRow[]): Promise<void> {
  if (rows.length === 0) return;
  await connection.numbers(
    `insert into receipts (conv, uid, kind, seq, ts)
    select * from unnest($1::int8[], $2::int8[], $3::int8[], $4::int8[], $5::int8[])`,
    [
      column(rows, ({ conv }) => conv),
      column(rows, ({ uid }) => uid),
      column(rows, ({ kind }) => kind),
      column(rows, ({ seq }) => seq),
      column(rows, ({ ts }) => ts),
    ],
  );
}

export async function updateMembers(connection: Connection, members: readonly Member[]): Promise<void> {
  if (members.length === 0) return;
  await connection.numbers(
    `update members m set delivered = k.delivered, delivered_at = k.delivered_at,
      read = k.read, read_at = k.read_at, seen = k.seen
    from unnest($1::int8[], $2::int8[], $3::int8[], $4::int8[], $5::int8[], $6::int8[], $7::int8[])
      k (uid, conv, delivered, delivered_at, read, read_at, seen)
    where m.uid = k.uid and m.conv = k.conv`,
    [
      column(members, ({ uid }) => uid),
      column(members, ({ conv }) => conv),
      column(members, ({ delivered }) => delivered),
      column(members, ({ deliveredAt }) => deliveredAt),
      column(members, ({ read }) => read),
      column(members, ({ readAt }) => readAt),
      column(members, ({ seen }) => seen),
    ],
  );
}

/** Joined with devices, so that nothing is written for a device that was removed or is somebody else's. */
export async function moveDeviceCursors(
  connection: Connection,
  cursors: readonly DeviceCursorRow[],
): Promise<void> {
  if (cursors.length === 0) return;
  await connection.numbers(
    `insert into device_cursors (dev, conv, received)
    select k.dev, k.conv, k.received
    from unnest($1::int8[], $2::int8[], $3::int8[], $4::int8[]) k (dev, uid, conv, received)
    join devices d on d.dev = k.dev and d.uid = k.uid
    order by k.dev, k.conv
    on conflict (dev, conv) do update set received = excluded.received
    where excluded.received > device_cursors.received`,
    [
      column(cursors, ({ dev }) => dev),
      column(cursors, ({ uid }) => uid),
      column(cursors, ({ conv }) => conv),
      column(cursors, ({ received }) => received),
    ],
  );
}

/**
 * Writes the heads of conversations under the next position, as the last statements before the commit.
 *
 * A device continues from a position that it was told, and must find everything that was committed later. So whoever
 * sees a position must see all that has a lower one, although transactions of different nodes overlap and commit in any
 * order. Therefore positions are given under a lock that is held until the transaction has ended: the next position is
 * given only after everybody can see this one. The lock comes last and goes out together with the commit, so that it
 * is held for the time of one sync and of no round trip; whatever takes long (the messages, waiting for
 * conversations) is done before. While one node syncs, the batches of the others grow.
 *
 * The statement that reads the newest position is not the one that waits for the lock: its snapshot is taken after the
 * wait, and has what the one before has committed.
 */
export async function updateHeads(connection: Connection, heads: readonly Head[]): Promise<void> {
  if (heads.length === 0) return;
  await Promise.all([
    connection.rows(`select pg_advisory_xact_lock(${positionLock})`),
    connection.numbers(
      `with next as (
        insert into log_positions (position) select position + 1 from log_state returning position)
      update conversations c set last = k.last, last_at = k.last_at, position = next.position
      from unnest($1::int8[], $2::int8[], $3::int8[]) k (conv, last, last_at), next
      where c.conv = k.conv`,
      [
        column(heads, ({ conv }) => conv),
        column(heads, ({ last }) => last),
        column(heads, ({ lastAt }) => lastAt),
      ],
    ),
  ]);
}

/** The next position; nobody else gets one until the transaction has ended. */
export async function takePosition(connection: Connection): Promise<void> {
  await Promise.all([
    connection.rows(`select pg_advisory_xact_lock(${positionLock})`),
    connection.rows('insert into log_positions (position) select position + 1 from log_state'),
  ]);
}

/** Only the newest position is needed. What is not visible to everybody yet is newer than what goes. */
export async function removeOldPositions(connection: Connection): Promise<void> {
  await connection.run('delete from log_positions where position < (select position - 1000 from log_state)');
}
