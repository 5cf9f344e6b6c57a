/**
 * The statements by which a batch changes the log and the cursors. Each treats all rows of its kind at once: parameters
 * are arrays, a row of the table is what stands at the same place in each of them. None when there is no row.
 * @module
 */
import { expiresSoon } from '../sql/expiry-list.ts';
import { messageStates } from '../sql/message-states.ts';
import type { SqlStatement } from '../sql/sql-statement.ts';
import type { NewMessage } from '../store.ts';
import { byteaArray, int8Column } from './binary-arrays.ts';
import type {
  DeviceCursorRow,
  Head,
  LogChanges,
  Member,
  MessageRow,
  ReceiptRow,
  TurnRow,
} from './log-changes.ts';
import { isSpecial } from './message-effects.ts';

/** Of advisory locks: that of Stoa, and the one of them under which positions are given. */
const lockPositions: SqlStatement = {
  sql: 'select pg_advisory_xact_lock(1400139617, 2)',
  parameters: [],
};

/** In order; the last ones must be followed by nothing but the commit. */
export function changeStatements(changes: LogChanges): SqlStatement[] {
  return [
    ...insertMessages(changes.messages),
    ...insertExpiries(changes.messages.filter(({ message }) => expiresSoon(message))),
    ...changes.effects.statements(),
    ...insertPlaces('receipts (conv, uid, kind, seq, ts)', changes.receipts),
    ...insertPlaces('webhook_notes (conv, uid, kind, seq, at)', changes.notes),
    ...takeTurns(changes.turns, [...changes.changed]),
    ...updateMembers([...changes.moved]),
    ...moveDeviceCursors([...changes.deviceCursors]),
    ...updateHeads([...changes.changed]),
  ];
}

function insertMessages(rows: readonly MessageRow[]): SqlStatement[] {
  if (rows.length === 0) return [];
  const field = (of: (message: NewMessage) => number | null) =>
    int8Column(rows, ({ message }) => of(message));
  return [
    {
      sql: `
        insert into messages
          (mid, conv, seq, sender, dev, id, ts, type, flags, local_id, ref, expires_at, state, content)
        select * from unnest($1::int8[], $2::int8[], $3::int8[], $4::int8[], $5::int8[], $6::int8[], $7::int8[],
          $8::int8[], $9::int8[], $10::int8[], $11::int8[], $12::int8[], $13::int8[], $14::bytea[])`,
      parameters: [
        int8Column(rows, ({ mid }) => mid),
        int8Column(rows, ({ conv }) => conv),
        int8Column(rows, ({ seq }) => seq),
        field(({ sender }) => sender),
        field(({ dev }) => dev),
        field(({ id }) => id),
        field(({ ts }) => ts),
        field(({ type }) => type),
        field(({ flags }) => flags),
        field(({ localId }) => localId),
        field(({ ref }) => ref),
        field(({ expiresAt }) => expiresAt),
        int8Column(rows, ({ message }) => (isSpecial(message) ? messageStates.extra : null)),
        // The content of an edit is kept once, with its target.
        byteaArray(rows.map(({ message }) => (message.change?.event === 'edit' ? null : message.content))),
      ],
    },
  ];
}

function insertExpiries(rows: readonly MessageRow[]): SqlStatement[] {
  if (rows.length === 0) return [];
  return [
    {
      sql: 'insert into message_expiry (expires_at, mid) select * from unnest($1::int8[], $2::int8[])',
      parameters: [int8Column(rows, ({ message }) => message.expiresAt), int8Column(rows, ({ mid }) => mid)],
    },
  ];
}

function insertPlaces(into: string, rows: readonly ReceiptRow[]): SqlStatement[] {
  if (rows.length === 0) return [];
  return [
    {
      sql: `
        insert into ${into}
        select * from unnest($1::int8[], $2::int8[], $3::int8[], $4::int8[], $5::int8[])`,
      parameters: [
        int8Column(rows, ({ conv }) => conv),
        int8Column(rows, ({ uid }) => uid),
        int8Column(rows, ({ kind }) => kind),
        int8Column(rows, ({ seq }) => seq),
        int8Column(rows, ({ ts }) => ts),
      ],
    },
  ];
}

/** What was sent before the first message that somebody gets is not new to him. */
function takeTurns(rows: readonly TurnRow[], heads: readonly Head[]): SqlStatement[] {
  if (rows.length === 0) return [];
  const columns = [
    int8Column(rows, ({ conv }) => conv),
    int8Column(rows, ({ uid }) => uid),
    int8Column(rows, ({ seq }) => seq),
  ];
  const taken = heads.flatMap(({ conv, turns }) => (turns === undefined ? [] : [{ conv, uid: turns.last }]));
  return [
    {
      sql: `
        insert into members (uid, conv, delivered, read, seen)
        select k.uid, k.conv, min(k.seq) - 1, min(k.seq) - 1, min(k.seq) - 1
        from unnest($1::int8[], $2::int8[], $3::int8[]) k (conv, uid, seq) group by k.uid, k.conv
        on conflict (uid, conv) do nothing`,
      parameters: columns,
    },
    {
      sql: `
        insert into group_spans (conv, uid, joined_seq, left_seq)
        select k.conv, k.uid, k.seq - 1, k.seq from unnest($1::int8[], $2::int8[], $3::int8[]) k (conv, uid, seq)
        on conflict (conv, uid, joined_seq) do update set left_seq = excluded.left_seq`,
      parameters: columns,
    },
    {
      sql: `
        update conversations c set turn = k.uid from unnest($1::int8[], $2::int8[]) k (conv, uid)
        where c.conv = k.conv`,
      parameters: [int8Column(taken, ({ conv }) => conv), int8Column(taken, ({ uid }) => uid)],
    },
  ];
}

function updateMembers(members: readonly Member[]): SqlStatement[] {
  if (members.length === 0) return [];
  return [
    {
      sql: `
        update members m set delivered = k.delivered, delivered_at = k.delivered_at,
          read = k.read, read_at = k.read_at, seen = k.seen
        from unnest($1::int8[], $2::int8[], $3::int8[], $4::int8[], $5::int8[], $6::int8[], $7::int8[])
          k (uid, conv, delivered, delivered_at, read, read_at, seen)
        where m.uid = k.uid and m.conv = k.conv`,
      parameters: [
        int8Column(members, ({ uid }) => uid),
        int8Column(members, ({ conv }) => conv),
        int8Column(members, ({ delivered }) => delivered),
        int8Column(members, ({ deliveredAt }) => deliveredAt),
        int8Column(members, ({ read }) => read),
        int8Column(members, ({ readAt }) => readAt),
        int8Column(members, ({ seen }) => seen),
      ],
    },
  ];
}

/** Joined with devices, so that nothing is written for a device that was removed or is somebody else's. */
function moveDeviceCursors(cursors: readonly DeviceCursorRow[]): SqlStatement[] {
  if (cursors.length === 0) return [];
  return [
    {
      sql: `
        insert into device_cursors (dev, conv, received)
        select k.dev, k.conv, k.received
        from unnest($1::int8[], $2::int8[], $3::int8[], $4::int8[]) k (dev, uid, conv, received)
        join devices d on d.dev = k.dev and d.uid = k.uid
        order by k.dev, k.conv
        on conflict (dev, conv) do update set received = excluded.received
        where excluded.received > device_cursors.received`,
      parameters: [
        int8Column(cursors, ({ dev }) => dev),
        int8Column(cursors, ({ uid }) => uid),
        int8Column(cursors, ({ conv }) => conv),
        int8Column(cursors, ({ received }) => received),
      ],
    },
  ];
}

/**
 * Writes the heads of conversations under the next position.
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
function updateHeads(heads: readonly Head[]): SqlStatement[] {
  if (heads.length === 0) return [];
  return [
    lockPositions,
    {
      sql: `
        with next as (
          insert into log_positions (position) select position + 1 from log_state returning position)
        update conversations c set last = k.last, last_at = k.last_at, position = next.position
        from unnest($1::int8[], $2::int8[], $3::int8[]) k (conv, last, last_at), next
        where c.conv = k.conv`,
      parameters: [
        int8Column(heads, ({ conv }) => conv),
        int8Column(heads, ({ last }) => last),
        int8Column(heads, ({ lastAt }) => lastAt),
      ],
    },
  ];
}

/** Takes the next position, which then stands in `log_state`; nobody else gets one until the transaction has ended. */
export const takePosition: readonly SqlStatement[] = [
  lockPositions,
  {
    sql: 'insert into log_positions (position) select position + 1 from log_state returning position',
    parameters: [],
  },
];

/** Only the newest position is needed. What is not visible to everybody yet is newer than what goes. */
export const removeOldPositions =
  'delete from log_positions where position < (select position - 1000 from log_state)';
