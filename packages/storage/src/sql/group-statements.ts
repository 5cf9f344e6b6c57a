/**
 * The statements by which a group is changed. They run in one transaction in which nothing is appended to the group's
 * log: the place that they find in `last` is the boundary of the change.
 * @module
 */
import type {
  Group,
  GroupChange,
  GroupPin,
  MemberCalls,
  MemberToPut,
  NewGroup,
  Receivers,
} from '../store.ts';
import { roleNumbers } from './group-rows.ts';
import type { SqlStatement, SqlValue } from './sql-statement.ts';
import { enqueueStatement } from './webhook-statements.ts';

type Which = Pick<Group, 'gid' | 'conv'>;

const statement = (sql: string, ...parameters: SqlValue[]): SqlStatement => ({ sql, parameters });

/**
 * Makes a group that nobody sees yet, with its conversation; the first two give their numbers. `ref`: any text that nobody
 * else has, by which the statements know the group.
 */
export function createStatements(group: NewGroup, ref: string): SqlStatement[] {
  const { aid, name, flags, settings, expiresAt, extendSeconds, now } = group;
  return [
    statement(
      `insert into chat_groups (aid, ref, name, flags, settings, created_at, expires_at, extend_seconds, deleted)
      values (?, ?, ?, ?, ?, ?, ?, ?, 1) returning gid`,
      aid,
      ref,
      name,
      flags,
      JSON.stringify(settings),
      now,
      expiresAt,
      extendSeconds,
    ),
    statement(
      `insert into conversations (aid, gid, last_at) select aid, gid, created_at from chat_groups where ref = ?
      returning conv`,
      ref,
    ),
    statement(
      `update chat_groups set conv = (select c.conv from conversations c
        where c.aid = chat_groups.aid and c.gid = chat_groups.gid) where ref = ?`,
      ref,
    ),
  ];
}

/** Shows the group that was made, with its first members. */
export function openStatements(
  group: Which,
  { members, receivers, now, events = () => [] }: NewGroup,
): SqlStatement[] {
  return [
    statement('update chat_groups set deleted = 0 where gid = ?', group.gid),
    ...(receivers === undefined ? [] : [setTurns(group, receivers)]),
    ...members.flatMap((member) => putMember(group, member, now)),
    // A conversation begins with the epoch 0.
    ...events({ gid: group.gid, epoch: 1 }).map(enqueueStatement),
  ];
}

export function changeStatements(group: Which, change: GroupChange): SqlStatement[] {
  const {
    put = [],
    remove = [],
    putPins = [],
    removePins = [],
    putRequests = [],
    removeRequests = [],
    events = [],
  } = change;
  const { gid } = group;
  if (change.deleted === true) return [...deleteGroup(group), ...events.map(enqueueStatement)];
  return [
    ...(change.group === undefined ? [] : updateGroup(gid, change.group)),
    ...(change.receivers === undefined ? [] : setReceivers(group, change.receivers)),
    ...put.flatMap((member) => putMember(group, member, change.now)),
    ...remove.flatMap((uid) => removeMember(group, uid)),
    ...putPins.map((pin) => putPin(gid, pin)),
    ...removePins.map((pin) => statement('delete from group_pins where gid = ? and pin = ?', gid, pin)),
    ...putRequests.map((uid) =>
      statement(
        `insert into group_requests (gid, uid, asked_at) values (?, ?, ?) on conflict (gid, uid) do nothing`,
        gid,
        uid,
        change.now,
      ),
    ),
    ...removeRequests.map((uid) => removeRequest(gid, uid)),
    ...events.map(enqueueStatement),
  ];
}

function updateGroup(gid: number, change: NonNullable<GroupChange['group']>): SqlStatement[] {
  const columns: [string, SqlValue][] = [];
  if (change.name !== undefined) columns.push(['name', change.name]);
  if (change.flags !== undefined) columns.push(['flags', change.flags]);
  if (change.settings !== undefined) columns.push(['settings', JSON.stringify(change.settings)]);
  if (change.expiresAt !== undefined) columns.push(['expires_at', change.expiresAt]);
  if (change.extendSeconds !== undefined) columns.push(['extend_seconds', change.extendSeconds]);
  if (columns.length === 0) return [];
  const set = columns.map(([name]) => `${name} = ?`).join(', ');
  return [
    statement(`update chat_groups set ${set} where gid = ?`, ...columns.map(([, value]) => value), gid),
  ];
}

function deleteGroup({ gid, conv }: Which): SqlStatement[] {
  return [
    statement(
      `update group_spans set left_seq = (select last from conversations where conv = ?)
      where conv = ? and left_seq is null`,
      conv,
      conv,
    ),
    ...['group_members', 'group_pins', 'group_requests'].map((table) =>
      statement(`delete from ${table} where gid = ?`, gid),
    ),
    statement('update chat_groups set deleted = 1 where gid = ?', gid),
  ];
}

function putMember(which: Which, member: MemberToPut, now: number): SqlStatement[] {
  const { uid, role, flags, admin, receives, calls, until = null, pin = null } = member;
  const { gid, conv } = which;
  const put = statement(
    `insert into group_members (gid, uid, role, flags, admin, joined_at, calls, until, pin)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?)
    on conflict (gid, uid) do update set role = excluded.role, flags = excluded.flags, admin = excluded.admin,
      calls = excluded.calls, until = excluded.until,
      pin = coalesce(excluded.pin, group_members.pin)`,
    gid,
    uid,
    roleNumbers[role],
    flags,
    admin,
    now,
    callsJson(calls),
    until,
    pin,
  );
  if (!receives) return [put, closeSpan(conv, uid), removeRequest(gid, uid)];
  return [
    put,
    removeRequest(gid, uid),
    // Of what was sent before, nothing is new to him.
    statement(
      `insert into members (uid, conv, delivered, read, seen) select ?, c.conv, c.last, c.last, c.last
      from conversations c where c.conv = ? on conflict (uid, conv) do nothing`,
      uid,
      conv,
    ),
    statement(
      `insert into group_spans (conv, uid, joined_seq) select c.conv, ?, c.last
      from conversations c where c.conv = ? and not exists (
        select 1 from group_spans s where s.conv = c.conv and s.uid = ? and s.left_seq is null)
      on conflict (conv, uid, joined_seq) do update set left_seq = null`,
      uid,
      conv,
      uid,
    ),
  ];
}

const removeMember = ({ gid, conv }: Which, uid: number): SqlStatement[] => [
  closeSpan(conv, uid),
  statement('delete from group_members where gid = ? and uid = ?', gid, uid),
  removeRequest(gid, uid),
];

const closeSpan = (conv: number, uid: number): SqlStatement =>
  statement(
    `update group_spans set left_seq = (select last from conversations where conv = ?)
    where conv = ? and uid = ? and left_seq is null`,
    conv,
    conv,
    uid,
  );

const setTurns = ({ conv }: Which, { flags, inTurn }: Receivers): SqlStatement =>
  statement('update conversations set in_turn = ? where conv = ?', inTurn === true ? flags : null, conv);

function setReceivers(group: Which, receivers: Receivers): SqlStatement[] {
  const { gid, conv } = group;
  const { flags, inTurn } = receivers;
  if (inTurn === true) {
    const close = statement(
      `update group_spans set left_seq = (select last from conversations where conv = ?)
      where conv = ? and left_seq is null`,
      conv,
      conv,
    );
    return [setTurns(group, receivers), close];
  }
  const chosen = `from group_members m, conversations c where m.gid = ? and c.conv = ? and (m.flags & ?) = ?`;
  return [
    setTurns(group, receivers),
    statement(
      `update group_spans set left_seq = (select last from conversations where conv = ?)
      where conv = ? and left_seq is null and uid in (
        select uid from group_members where gid = ? and (flags & ?) <> ?)`,
      conv,
      conv,
      gid,
      flags,
      flags,
    ),
    statement(
      `insert into members (uid, conv, delivered, read, seen) select m.uid, c.conv, c.last, c.last, c.last ${chosen}
      on conflict (uid, conv) do nothing`,
      gid,
      conv,
      flags,
      flags,
    ),
    statement(
      `insert into group_spans (conv, uid, joined_seq) select c.conv, m.uid, c.last ${chosen} and not exists (
        select 1 from group_spans s where s.conv = c.conv and s.uid = m.uid and s.left_seq is null)
      on conflict (conv, uid, joined_seq) do update set left_seq = null`,
      gid,
      conv,
      flags,
      flags,
    ),
  ];
}

const removeRequest = (gid: number, uid: number): SqlStatement =>
  statement('delete from group_requests where gid = ? and uid = ?', gid, uid);

function putPin(gid: number, pin: GroupPin): SqlStatement {
  const { flags, admin, calls, stay = null, expiresAt, usesLeft, holder } = pin;
  return statement(
    `insert into group_pins (gid, pin, flags, admin, calls, stay, expires_at, uses_left, holder)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?)
    on conflict (gid, pin) do update set flags = excluded.flags, admin = excluded.admin, calls = excluded.calls,
      stay = excluded.stay, expires_at = excluded.expires_at, uses_left = excluded.uses_left, holder = excluded.holder`,
    gid,
    pin.pin,
    flags,
    admin,
    callsJson(calls),
    stay,
    expiresAt,
    usesLeft,
    holder,
  );
}

const callsJson = (calls: MemberCalls | undefined): string | null =>
  calls === undefined ? null : JSON.stringify(calls);
