import type { ConversationForDevice, CursorStore } from '../store.ts';
import { type ConversationRow, conversationColumns, toConversation } from './conversation-row.ts';
import type { LogCommitter, LogReader } from './executor.ts';
import { receiptKinds } from './receipt-kinds.ts';

const columns = `${conversationColumns}, d.received,
  m.uid, m.delivered, m.delivered_at as "deliveredAt", m.read, m.read_at as "readAt", m.seen,
  p.uid as "peerUid", p.delivered as "peerDelivered", p.delivered_at as "peerDeliveredAt",
  p.read as "peerRead", p.read_at as "peerReadAt", p.seen as "peerSeen"`;

/** The other one of a pair, and how far the device has received. */
const peerAndDevice = `
  left join members p on p.conv = c.conv and p.uid = case m.uid when c.a then c.b else c.a end and p.uid <> m.uid
  left join device_cursors d on d.dev = ? and d.conv = c.conv`;

const selectOne = `
  select ${columns} from members m join conversations c on c.conv = m.conv ${peerAndDevice}
  where m.uid = ? and m.conv = ?`;

// First the page alone, from the user's conversations (hence `cross join`, by which SQLite keeps the order), then the
// rest of it. In one statement, so that it is of one moment: what is committed between two would be counted in the
// position and missing in the list.
const selectChanged = `
  with page as (
    select c.conv from members m cross join conversations c
    where c.conv = m.conv and m.uid = ? and c.position > ? and (c.last_at, c.conv) < (?, ?)
    order by c.last_at desc, c.conv desc limit ?)
  select s.position, ${columns}
  from log_state s
  left join page on true
  left join conversations c on c.conv = page.conv
  left join members m on m.uid = ? and m.conv = c.conv ${peerAndDevice}
  order by c.last_at desc, c.conv desc`;

/** A tenth of the cost of the whole: statements that join much cost as much when they find nothing. */
const selectWhether = `
  select s.position, exists (
    select 1 from members m cross join conversations c where c.conv = m.conv and m.uid = ? and c.position > ?
  ) as "hasChanged" from log_state s`;

const firstReceipt = (kind: number): string => `
  (select ts from receipts where conv = ? and uid = ? and kind = ${kind} and seq >= ? order by seq limit 1)`;

const selectTimes = `
  select ${firstReceipt(receiptKinds.delivered)} as "deliveredAt", ${firstReceipt(receiptKinds.read)} as "readAt"`;

const fromTheStart = { lastAt: Number.MAX_SAFE_INTEGER, conv: Number.MAX_SAFE_INTEGER };

export function createCursorStore(reader: LogReader, writer: LogCommitter): CursorStore {
  return {
    advance: (advance) => writer.advance(advance),

    async forDevice(conv, uid, dev) {
      const [row] = await reader.all<DeviceRow>(selectOne, dev, uid, conv);
      return row && toConversationForDevice(row);
    },

    async changed({ uid, dev, position, limit, before = fromTheStart }) {
      // Who reconnects has mostly missed nothing.
      if (reader.isLocal && position > 0) {
        const [state] = await reader.all<{ position: number; hasChanged: number }>(
          selectWhether,
          uid,
          position,
        );
        if (state?.hasChanged === 0) return { position: state.position, conversations: [] };
      }
      const rows = await reader.all<ChangedRow>(
        selectChanged,
        uid,
        position,
        before.lastAt,
        before.conv,
        limit,
        uid,
        dev,
      );
      return {
        position: rows[0]?.position ?? 0,
        conversations: rows.filter(isThere).map(toConversationForDevice),
      };
    },

    async times(conv, uid, seq) {
      const [row] = await reader.all<Times>(selectTimes, conv, uid, seq, conv, uid, seq);
      return row ?? { deliveredAt: null, readAt: null };
    },
  };
}

type Times = Awaited<ReturnType<CursorStore['times']>>;

/** Every row has the position; when nothing has changed, there is one row with nothing else. */
type ChangedRow = { readonly position: number } & (DeviceRow | { readonly conv: null });

const isThere = (row: ChangedRow): row is ChangedRow & DeviceRow => row.conv !== null;

interface DeviceRow extends ConversationRow {
  readonly received: number | null;
  readonly uid: number;
  readonly delivered: number;
  readonly deliveredAt: number;
  readonly read: number;
  readonly readAt: number;
  readonly seen: number;
  readonly peerUid: number | null;
  readonly peerDelivered: number;
  readonly peerDeliveredAt: number;
  readonly peerRead: number;
  readonly peerReadAt: number;
  readonly peerSeen: number;
}

function toConversationForDevice(row: DeviceRow): ConversationForDevice {
  const { uid, delivered, deliveredAt, read, readAt, seen } = row;
  return {
    ...toConversation(row),
    received: row.received,
    own: { uid, delivered, deliveredAt, read, readAt, seen },
    peer:
      row.peerUid === null
        ? null
        : {
            uid: row.peerUid,
            delivered: row.peerDelivered,
            deliveredAt: row.peerDeliveredAt,
            read: row.peerRead,
            readAt: row.peerReadAt,
            seen: row.peerSeen,
          },
  };
}
