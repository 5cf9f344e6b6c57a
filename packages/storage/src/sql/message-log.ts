import type { Conversation, MessageLog, StoredMessage } from '../store.ts';
import { type ConversationRow, conversationColumns, toConversation } from './conversation-row.ts';
import type { SqlDatabase } from './database.ts';
import type { LogCommitter, LogReader } from './executor.ts';
import { listExpiring } from './expiry-list.ts';
import { readMessages } from './message-rows.ts';
import { eventNumbers } from './message-states.ts';
import { receiptKinds } from './receipt-kinds.ts';
import type { SqlStatement, SqlValue } from './sql-statement.ts';
import { sweepDue, withoutExtras } from './sweep-due.ts';
import { createSweepOlder } from './sweep-older.ts';

export function createMessageLog(reader: LogReader, writer: LogCommitter, database: SqlDatabase): MessageLog {
  const select = (rest: string, ...parameters: SqlValue[]) => readMessages(reader, rest, ...parameters);
  const newestFirst = 'order by seq desc limit ?';

  return {
    append: (message) => writer.append(message),

    async read(conv, range) {
      const { limit } = range;
      if ('after' in range) {
        return select('where conv = ? and seq > ? order by seq limit ?', conv, range.after, limit);
      }
      const found =
        'before' in range
          ? await select(`where conv = ? and seq < ? ${newestFirst}`, conv, range.before, limit)
          : await select(`where conv = ? and mid < ? ${newestFirst}`, conv, range.beforeMid, limit);
      return found.reverse();
    },

    async find(mid) {
      const [message] = await select('where mid = ?', mid);
      return message;
    },

    async findSend({ sender, dev, id }) {
      const [message] = await select('where sender = ? and dev = ? and id = ?', sender, dev, id);
      return message;
    },

    async pinned(conv, limit) {
      const found = await select(
        `where mid in (
          select k.mid from message_marks k where k.conv = ? and k.event = ${eventNumbers.pin} order by k.seq limit ?)`,
        conv,
        limit,
      );
      return found.sort((a, b) => pinnedAt(a) - pinnedAt(b));
    },

    answers: ({ conv, ref, before, limit }) =>
      select('where conv = ? and ref = ? and mid < ? order by mid desc limit ?', conv, ref, before, limit),

    async countAnswers({ conv, ref, readableBy }) {
      const count =
        'select count(*) as count from messages m where conv = ? and ref = ? and content is not null';
      const ofUser = `and exists (select 1 from group_spans s where s.conv = m.conv and s.uid = ?
        and s.joined_seq < m.seq and (s.left_seq is null or m.seq <= s.left_seq))`;
      const [row] =
        readableBy === undefined
          ? await reader.all<{ count: number }>(count, conv, ref)
          : await reader.all<{ count: number }>(`${count} ${ofUser}`, conv, ref, readableBy);
      return Number(row?.count ?? 0);
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
      await listExpiring(database, now);
      // Messages that were delivered are looked at and left: they count for nothing, so look on.
      for (;;) {
        const [emptied, examined] = await writer.write(sweepStatements(now, limit));
        if (emptied !== undefined && emptied.length > 0) {
          const mids = emptied.map(({ mid }) => Number(mid));
          await database.write(withoutExtras(database, mids));
          return emptied.length;
        }
        if (examined === undefined || examined.length === 0) return sweepDue(database, now, limit);
      }
    },

    sweepOlder: createSweepOlder(database),
  };
}

const pinnedAt = ({ special }: StoredMessage): number =>
  special?.marks?.list.find(({ event }) => event === 'pin')?.ts ?? 0;

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
        update messages set content = null, state = null
        where mid in (select mid ${expired}) and content is not null and not exists (
          select 1 from conversations c join members m on m.uid in (c.a, c.b) and m.conv = c.conv
          where c.conv = messages.conv and m.delivered >= messages.seq
            and (m.uid <> messages.sender or c.a = c.b)
            and exists (
              select 1 from receipts r where r.conv = c.conv and r.uid = m.uid
                and r.kind = ${receiptKinds.delivered} and r.seq >= messages.seq and r.ts <= messages.expires_at))
          and not exists (
            select 1 from conversations c join receipts r on r.conv = c.conv
            where c.conv = messages.conv and c.gid is not null and r.uid <> messages.sender
              and r.kind = ${receiptKinds.delivered} and r.seq >= messages.seq and r.ts <= messages.expires_at)
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
