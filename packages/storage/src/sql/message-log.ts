import type { Conversation, MessageLog, StoredMessage } from '../store.ts';
import { type ConversationRow, conversationColumns, toConversation } from './conversation-row.ts';
import type { LogCommitter, LogReader } from './executor.ts';
import { receiptKinds } from './receipt-kinds.ts';
import type { SqlStatement } from './sql-statement.ts';

/** Named as in the interface, so that a row is a message. */
const messageColumns = `mid, conv, seq, sender, dev, id, ts, type, flags, local_id as "localId", ref,
  expires_at as "expiresAt", content`;

export function createMessageLog(reader: LogReader, writer: LogCommitter): MessageLog {
  return {
    append: (message) => writer.append(message),

    async read(conv, range) {
      if ('after' in range) {
        return reader.all<StoredMessage>(
          `select ${messageColumns} from messages where conv = ? and seq > ? order by seq limit ?`,
          conv,
          range.after,
          range.limit,
        );
      }
      const newestFirst = await reader.all<StoredMessage>(
        `select ${messageColumns} from messages where conv = ? and seq < ? order by seq desc limit ?`,
        conv,
        range.before,
        range.limit,
      );
      return newestFirst.reverse();
    },

    async find(mid) {
      const [row] = await reader.all<StoredMessage>(
        `select ${messageColumns} from messages where mid = ?`,
        mid,
      );
      return row;
    },

    async conversation(conv) {
      return first(reader.all(`select ${conversationColumns} from conversations c where conv = ?`, conv));
    },

    async findConversation(key) {
      if (key.kind === 'group') {
        return first(
          reader.all(
            `select ${conversationColumns} from conversations c where aid = ? and gid = ?`,
            key.aid,
            key.gid,
          ),
        );
      }
      return first(
        reader.all(
          `select ${conversationColumns} from conversations c where a = ? and b = ? and gid is null`,
          Math.min(key.a, key.b),
          Math.max(key.a, key.b),
        ),
      );
    },

    async sweep(now, limit) {
      // Messages that were delivered are looked at and left: they count for nothing, so look on.
      for (;;) {
        const [emptied, examined] = await writer.write(sweepStatements(now, limit));
        if (emptied !== undefined && emptied.length > 0) return emptied.length;
        if (examined === undefined || examined.length === 0) return 0;
      }
    },
  };
}

async function first(rows: Promise<ConversationRow[]>): Promise<Conversation | undefined> {
  const [row] = await rows;
  return row && toConversation(row);
}

/** Both look at the same messages: the first `count` that have expired and were not looked at before. */
function sweepStatements(now: number, count: number): SqlStatement[] {
  const expired = 'from message_expiry where expires_at < ? order by expires_at, mid limit ?';
  return [
    {
      sql: `
        update messages set content = null
        where mid in (select mid ${expired}) and content is not null and not exists (
          select 1 from conversations c join members m on m.uid in (c.a, c.b) and m.conv = c.conv
          where c.conv = messages.conv and m.delivered >= messages.seq
            and (m.uid <> messages.sender or c.a = c.b)
            and exists (
              select 1 from receipts r where r.conv = c.conv and r.uid = m.uid
                and r.kind = ${receiptKinds.delivered} and r.seq >= messages.seq and r.ts <= messages.expires_at))
        returning mid`,
      parameters: [now, count],
    },
    {
      sql: `
        delete from message_expiry where (expires_at, mid) in (select expires_at, mid ${expired})
        returning mid`,
      parameters: [now, count],
    },
  ];
}
