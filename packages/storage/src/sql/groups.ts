import { randomUUID } from 'node:crypto';
import type { GroupRequest, GroupSpan, GroupStore } from '../store.ts';
import type { LogCommitter, LogReader } from './executor.ts';
import {
  type GroupRow,
  groupColumns,
  type MemberRow,
  type MembershipRow,
  memberColumns,
  type PinRow,
  roleNumbers,
  toGroup,
  toMember,
  toPin,
} from './group-rows.ts';
import { changeStatements, createStatements, openStatements } from './group-statements.ts';
import { receiptKinds } from './receipt-kinds.ts';

const fromGroups = 'from chat_groups g join conversations c on c.conv = g.conv';

export function createGroupStore(reader: LogReader, writer: LogCommitter): GroupStore {
  const count = async (table: string, column: string, value: number): Promise<number> => {
    const sql = `select count(*) as count from ${table} where ${column} = ?`;
    const [row] = await reader.all<{ count: number }>(sql, value);
    return Number(row?.count ?? 0);
  };

  return {
    async create(group) {
      const [made, begun] = await writer.write(createStatements(group, randomUUID()));
      const [gid, conv] = [Number(made?.[0]?.gid), Number(begun?.[0]?.conv)];
      const opened = await writer.change({ conv, epoch: 0 }, openStatements({ gid, conv }, group));
      if (opened === undefined) throw new Error(`Group ${gid} was changed before it was there.`);
      const { aid, name, flags, settings, expiresAt, extendSeconds, now } = group;
      return {
        gid,
        aid,
        conv,
        name,
        flags,
        settings,
        createdAt: now,
        expiresAt,
        extendSeconds,
        deleted: false,
        epoch: opened.epoch,
      };
    },

    async find(gid) {
      const [row] = await reader.all<GroupRow>(`select ${groupColumns} ${fromGroups} where g.gid = ?`, gid);
      return row && toGroup(row);
    },

    change: ({ gid, conv, epoch }, change) =>
      writer.change({ conv, epoch }, changeStatements({ gid, conv }, change)),

    async list({ aid, after = 0, limit }) {
      const rows = await reader.all<GroupRow>(
        `select ${groupColumns} ${fromGroups}
        where g.aid = ? and g.gid > ? and g.deleted = 0 order by g.gid limit ?`,
        aid,
        after,
        limit,
      );
      return rows.map(toGroup);
    },

    async ofUser({ uid, after = 0, limit }) {
      if (reader.isLocal && after === 0) {
        // For those who are in no group: it costs a tenth of the joins.
        const [one] = await reader.all('select 1 from group_members where uid = ? limit 1', uid);
        if (one === undefined) return [];
      }
      const rows = await reader.all<MembershipRow>(
        `select ${groupColumns}, m.uid, m.role, m.flags as "memberFlags", m.admin, m.joined_at as "joinedAt",
          m.calls, m.until, (
          select count(*) from group_spans s where s.conv = g.conv and s.uid = m.uid and s.left_seq is null
        ) as receiving
        from group_members m join chat_groups g on g.gid = m.gid join conversations c on c.conv = g.conv
        where m.uid = ? and m.gid > ? order by m.gid limit ?`,
        uid,
        after,
        limit,
      );
      return rows.map((row) => ({
        group: toGroup(row),
        member: toMember({ ...row, flags: row.memberFlags }),
        receives: Number(row.receiving) > 0,
      }));
    },

    countOfUser: (uid) => count('group_members', 'uid', uid),

    async countOwned(uid) {
      const [row] = await reader.all<{ count: number }>(
        `select count(*) as count from group_members where uid = ? and role = ${roleNumbers.owner}`,
        uid,
      );
      return Number(row?.count ?? 0);
    },

    async member(gid, uid) {
      const [row] = await reader.all<MemberRow>(
        `select ${memberColumns} from group_members m where m.gid = ? and m.uid = ?`,
        gid,
        uid,
      );
      return row && toMember(row);
    },

    async membersAmong(gid, uids) {
      const rows = await inParts(uids, (part, places) =>
        reader.all<MemberRow>(
          `select ${memberColumns} from group_members m where m.gid = ? and m.uid in (${places})`,
          gid,
          ...part,
        ),
      );
      return rows.flat().map(toMember);
    },

    async members({ gid, after = 0, limit, now = 0 }) {
      const rows = await reader.all<MemberRow>(
        `select ${memberColumns} from group_members m
        where m.gid = ? and m.uid > ? and (m.until is null or m.until > ?) order by m.uid limit ?`,
        gid,
        after,
        now,
        limit,
      );
      return rows.map(toMember);
    },

    countMembers: (gid) => count('group_members', 'gid', gid),

    spans: (conv, uid, behind = -1) =>
      reader.all<GroupSpan>(
        `select joined_seq as "after", left_seq as "upto" from group_spans
        where conv = ? and uid = ? and (left_seq is null or left_seq > ?) order by joined_seq`,
        conv,
        uid,
        behind,
      ),

    async nextInTurn({ conv, sender, after }) {
      const [row] = await reader.all<{ uid: number }>(
        `select m.uid from conversations c join group_members m on m.gid = c.gid
        where c.conv = ? and (m.flags & c.in_turn) = c.in_turn and m.uid <> ?
        order by case when m.uid > ? then 0 else 1 end, m.uid limit 1`,
        conv,
        sender,
        after,
      );
      return row?.uid;
    },

    async settled({ conv, sender, after }) {
      type Row = {
        readonly last: number | null;
        readonly undelivered: number | null;
        readonly unread: number | null;
      };
      const [row] = await reader.all<Row & { readonly turns: number | null }>(
        `select c.in_turn as turns, s.last, s.undelivered, s.unread from conversations c left join (
          select max(s.left_seq) as last,
            min(case when m.delivered < s.left_seq then s.left_seq end) as undelivered,
            min(case when m.read < s.left_seq then s.left_seq end) as unread
          from group_spans s
          join members m on m.uid = s.uid and m.conv = s.conv
          join messages x on x.conv = s.conv and x.seq = s.left_seq
          where s.conv = ? and s.left_seq > ? and s.uid <> ? and x.sender = ?
        ) s on true where c.conv = ?`,
        conv,
        after,
        sender,
        sender,
        conv,
      );
      if (row === undefined || row.turns === null) return undefined;
      const last = Number(row.last ?? after);
      return {
        delivered: row.undelivered === null ? last : row.undelivered - 1,
        read: row.unread === null ? last : row.unread - 1,
      };
    },

    async joinedBehind({ conv, seq, limit }) {
      const rows = await reader.all<{ uid: number }>(
        `select s.uid from group_spans s where s.conv = ? and s.left_seq is null and s.joined_seq >= ?
        and not exists (select 1 from group_spans o where o.conv = s.conv and o.uid = s.uid
          and o.joined_seq < ? and o.left_seq >= ?) limit ?`,
        conv,
        seq,
        seq,
        seq,
        limit,
      );
      return rows.map(({ uid }) => uid);
    },

    async receiversAmong(conv, uids) {
      type Row = { readonly epoch: number; readonly uid: number | null };
      // The epoch of each part is of one moment with it; a change between two parts shows in the lowest.
      const parts = await inParts(uids.length === 0 ? [0] : uids, (part, places) =>
        reader.all<Row>(
          `select c.epoch, s.uid from conversations c
          left join group_spans s on s.conv = c.conv and s.left_seq is null and s.uid in (${places})
          where c.conv = ?`,
          ...part,
          conv,
        ),
      );
      const rows = parts.flat();
      return {
        epoch: rows.reduce((lowest, row) => Math.min(lowest, row.epoch), rows[0]?.epoch ?? 0),
        uids: rows.flatMap(({ uid }) => (uid === null ? [] : [uid])),
      };
    },

    async pins(gid) {
      const rows = await reader.all<PinRow>(
        `select pin, flags, admin, calls, stay, expires_at as "expiresAt", uses_left as "usesLeft", holder
        from group_pins where gid = ? order by pin`,
        gid,
      );
      return rows.map(toPin);
    },

    async membersWithPin({ gid, pin, flags, limit }) {
      const rows = await reader.all<MemberRow>(
        `select ${memberColumns} from group_members m
        where m.gid = ? and m.pin = ? and m.role = ${roleNumbers.member} and (m.flags & ?) = ? limit ?`,
        gid,
        pin,
        flags,
        flags,
        limit,
      );
      return rows.map(toMember);
    },

    expiredPins: ({ now, flags, limit }) =>
      reader.all(
        `select g.aid, p.gid, p.pin from group_pins p join chat_groups g on g.gid = p.gid
        where p.expires_at is not null and p.expires_at < ? and exists (
          select 1 from group_members m where m.gid = p.gid and m.pin = p.pin and m.role = ${roleNumbers.member}
            and (m.flags & ?) = ?)
        order by p.expires_at limit ?`,
        now,
        flags,
        flags,
        limit,
      ),

    expiredMembers: (now, limit) =>
      reader.all(
        `select g.aid, m.gid, m.uid from group_members m join chat_groups g on g.gid = m.gid
        where m.until is not null and m.until < ? order by m.until limit ?`,
        now,
        limit,
      ),

    requests: ({ gid, after = { uid: 0, askedAt: 0 }, limit }) =>
      reader.all<GroupRequest>(
        `select uid, asked_at as "askedAt" from group_requests
        where gid = ? and (asked_at, uid) > (?, ?) order by asked_at, uid limit ?`,
        gid,
        after.askedAt,
        after.uid,
        limit,
      ),

    countRequests: (gid) => count('group_requests', 'gid', gid),

    receipts: ({ conv, seq, after = 0, limit }) =>
      reader.all(
        `select distinct s.uid, s.joined_seq as "after", ${firstReceipt(receiptKinds.delivered)} as "deliveredAt",
          ${firstReceipt(receiptKinds.read)} as "readAt"
        from group_spans s
        where s.conv = ? and s.uid > ? and s.joined_seq < ? and (s.left_seq is null or s.left_seq >= ?)
        order by s.uid limit ?`,
        seq,
        seq,
        conv,
        after,
        seq,
        seq,
        limit,
      ),

    async senders(conv, after, upto) {
      const rows = await reader.all<{ uid: number }>(
        'select distinct sender as uid from messages where conv = ? and seq > ? and seq <= ?',
        conv,
        after,
        upto,
      );
      return rows.map(({ uid }) => uid);
    },

    async missedChanges({ conv, uid, after, limit }) {
      const isFor = (place: string): string => `exists (
        select 1 from group_spans s where s.conv = x.conv and s.uid = ? and s.joined_seq < ${place}
          and (s.left_seq is null or s.left_seq >= ${place}))`;
      // The words of the condition are those of the index.
      const rows = await reader.all<{ seq: number }>(
        `select x.seq from message_extras x
        where x.conv = ? and x.seq > ? and x.event > 0 and x.event < 3
          and x.seq <= (select max(s.joined_seq) from group_spans s where s.conv = ? and s.uid = ?)
          and not ${isFor('x.seq')} and ${isFor('x.target')}
        order by x.seq limit ?`,
        conv,
        after,
        conv,
        uid,
        uid,
        uid,
        limit,
      );
      return rows.map(({ seq }) => seq);
    },

    async expired(now, limit) {
      const rows = await reader.all<GroupRow>(
        `select ${groupColumns} ${fromGroups}
        where g.expires_at is not null and g.deleted = 0 and g.expires_at < ? order by g.expires_at limit ?`,
        now,
        limit,
      );
      return rows.map(toGroup);
    },
  };
}

const firstReceipt = (kind: number): string => `(
  select r.ts from receipts r where r.conv = s.conv and r.uid = s.uid and r.kind = ${kind} and r.seq >= ?
  order by r.seq limit 1)`;

/** Values of one statement. */
const partSize = 256;

/**
 * Asks for many values in few statements, of which there are few different ones: the places of a part are as many as
 * the next power of two, and those that are left over repeat its last value.
 */
async function inParts<T>(
  values: readonly number[],
  ask: (part: readonly number[], places: string) => Promise<T>,
): Promise<T[]> {
  const asked: Promise<T>[] = [];
  for (let from = 0; from < values.length; from += partSize) {
    const part = values.slice(from, from + partSize);
    const size = 2 ** Math.ceil(Math.log2(part.length));
    const last = part.at(-1) ?? 0;
    const padded = [...part, ...new Array<number>(size - part.length).fill(last)];
    asked.push(ask(padded, padded.map(() => '?').join(', ')));
  }
  return Promise.all(asked);
}
