import { adminFlags, allAdminRights, allPermissions, groupFlags, memberFlags } from '@stoa/protocol';
import { describe, expect, test } from 'vitest';
import { newMember } from './member-changes.ts';
import { type GroupAction, may, mustWait, roleOf, usualPermissions, type Verdict } from './permissions.ts';

type Actor = 'owner' | 'admin' | 'member' | 'outsider';

const somebodysGroup = {
  gid: 1,
  aid: 1,
  conv: 1,
  name: '',
  settings: {},
  createdAt: 0,
  expiresAt: null,
  extendSeconds: 0,
  deleted: false,
  epoch: 0,
};

const actors: readonly Actor[] = ['owner', 'admin', 'member', 'outsider'];

/** A row: an action, the flags of the group, what the actors have, and the verdict for each of them, in the order of `actors`. */
interface Row {
  readonly action: GroupAction;
  readonly group: readonly (keyof typeof groupFlags)[];
  /** Permissions that the actors who are members lack. */
  readonly without?: keyof typeof memberFlags;
  readonly with?: keyof typeof memberFlags;
  /** The only right of the admin; all but `owner` when absent. */
  readonly right?: keyof typeof adminFlags | 'none';
  readonly verdicts: readonly [Verdict, Verdict, Verdict, Verdict];
}

const members: Row['verdicts'] = ['yes', 'yes', 'yes', 'notMember'];
const anyone: Row['verdicts'] = ['yes', 'yes', 'yes', 'yes'];
const unselected: Row['verdicts'] = ['denied', 'denied', 'denied', 'notMember'];
const administrators: Row['verdicts'] = ['yes', 'yes', 'denied', 'notMember'];
const owners: Row['verdicts'] = ['yes', 'denied', 'denied', 'notMember'];
const paused: Row['verdicts'] = ['paused', 'paused', 'paused', 'paused'];

const permissionRows = (
  action: GroupAction & keyof typeof memberFlags,
  bySelected: keyof typeof groupFlags,
  byAnyone: keyof typeof groupFlags | undefined,
  whenUnselected: Row['verdicts'],
  whenPaused: Row['verdicts'],
): Row[] => [
  { action, group: [], verdicts: members },
  { action, group: [], without: action, verdicts: members },
  { action, group: [bySelected], verdicts: members },
  { action, group: [bySelected], without: action, verdicts: whenUnselected },
  { action, group: ['paused'], verdicts: whenPaused },
  { action, group: ['paused', bySelected], verdicts: whenPaused },
  ...(byAnyone === undefined
    ? []
    : ([
        { action, group: [byAnyone], verdicts: anyone },
        { action, group: [byAnyone], without: action, verdicts: anyone },
        { action, group: [byAnyone, bySelected], without: action, verdicts: anyone },
      ] satisfies Row[])),
];

/** Group flags that decide nothing about what one may do: the verdict is that of a group without them. */
const indifferent = [
  'autoAddMember',
  'receiveRoundRobin',
  'noStorage',
  'receiveLoopback',
  'joinByRequest',
  'locked',
] as const;

/** Of a group in front of whose room one waits; what everybody may elsewhere, members may when they are let in. */
const doorRows = (
  action: GroupAction & keyof typeof memberFlags,
  door: readonly (keyof typeof groupFlags)[],
): Row[] => [
  { action, group: door, verdicts: ['waiting', 'waiting', 'waiting', 'notMember'] },
  { action, group: door, with: 'admitted', verdicts: members },
  ...(['sendByAnyone', 'publishByAnyone', 'subscribeByAnyone', 'listByAnyone'] as const).flatMap(
    (anyone): Row[] => [
      { action, group: [...door, anyone], verdicts: ['waiting', 'waiting', 'waiting', 'notMember'] },
    ],
  ),
];

const rightRows = (right: Exclude<keyof typeof adminFlags, 'owner'>): Row[] => [
  { action: right, group: [], verdicts: administrators },
  { action: right, group: [], right, verdicts: administrators },
  { action: right, group: [], right: 'none', verdicts: owners },
  ...(Object.keys(adminFlags) as (keyof typeof adminFlags)[])
    .filter((other) => other !== right && other !== 'owner')
    .map((other) => ({ action: right, group: [], right: other, verdicts: owners }) satisfies Row),
  { action: right, group: ['paused'], verdicts: administrators },
];

const rights = Object.keys(adminFlags).filter((right) => right !== 'owner') as Exclude<
  keyof typeof adminFlags,
  'owner'
>[];

const table: readonly Row[] = [
  ...permissionRows('send', 'sendBySelected', 'sendByAnyone', unselected, paused),
  ...permissionRows('receive', 'receiveBySelected', undefined, unselected, members),
  ...permissionRows('publish', 'publishBySelected', 'publishByAnyone', unselected, paused),
  ...permissionRows('subscribe', 'subscribeBySelected', 'subscribeByAnyone', unselected, members),
  ...permissionRows('list', 'listBySelected', 'listByAnyone', administrators, members),
  ...(['send', 'receive'] as const).flatMap((action): Row[] => [
    { action, group: ['waitingRoom'], verdicts: members },
    { action, group: ['messagesWait'], verdicts: members },
    ...doorRows(action, ['waitingRoom', 'messagesWait']),
  ]),
  ...(['publish', 'subscribe', 'list'] as const).flatMap((action) => doorRows(action, ['waitingRoom'])),
  ...(['send', 'receive', 'publish', 'subscribe', 'list'] as const).flatMap((action) =>
    indifferent.map((flag) => ({ action, group: [flag], verdicts: members }) satisfies Row),
  ),
  { action: 'leave', group: [], verdicts: members },
  { action: 'leave', group: ['noSelfDelete'], verdicts: unselected },
  { action: 'leave', group: [], with: 'noSelfDelete', verdicts: unselected },
  ...rights.flatMap(rightRows),
  { action: 'record', group: [], verdicts: administrators },
  { action: 'record', group: [], with: 'record', verdicts: members },
  { action: 'record', group: ['paused'], with: 'record', right: 'none', verdicts: members },
  { action: 'record', group: [], right: 'none', verdicts: owners },
  ...rights.map(
    (right): Row => ({
      action: 'record',
      group: [],
      right,
      verdicts: right === 'callControl' ? administrators : owners,
    }),
  ),
  ...(['send', 'receive', 'publish', 'subscribe', 'list', 'leave'] as const).map(
    (action): Row => ({ action, group: [], with: 'deleteWithPin', verdicts: members }),
  ),
];

function memberOf(actor: Actor, row: Row): { flags: number; admin: number } | undefined {
  if (actor === 'outsider') return undefined;
  const without = row.without === undefined ? 0 : memberFlags[row.without];
  const more = row.with === undefined ? 0 : memberFlags[row.with];
  const adminRights =
    row.right === undefined
      ? allAdminRights & ~adminFlags.owner
      : row.right === 'none'
        ? 0
        : adminFlags[row.right];
  const admin = { owner: allAdminRights, admin: adminRights, member: 0 }[actor];
  return { flags: (allPermissions & ~without) | more, admin };
}

const groupOf = (row: Row) => ({
  flags: row.group.reduce((flags, name) => flags | groupFlags[name], 0),
});

describe.each(actors.map((actor, index) => [actor, index] as const))('an %s', (actor, index) => {
  test.each(
    table.map((row) => {
      const { action, group, without, with: more, right, verdicts } = row;
      const told = [
        ...group,
        without && `without ${without}`,
        more && `with ${more}`,
        right && `admin: ${right}`,
      ];
      return { name: `${action} [${told.filter(Boolean).join(', ')}]: ${verdicts[index]}`, row };
    }),
  )('$name', ({ row }) => {
    expect(may(row.action, groupOf(row), memberOf(actor, row))).toBe(row.verdicts[index]);
  });
});

test('the table names every flag and right', () => {
  const namedFlags = new Set(table.flatMap(({ group }) => group));
  expect([...namedFlags].sort()).toEqual(Object.keys(groupFlags).sort());
  const ofMembers = new Set(
    table.flatMap((row) => [row.with, row.without].filter((flag) => flag !== undefined)),
  );
  expect([...ofMembers].sort()).toEqual(Object.keys(memberFlags).sort());
  expect(new Set(table.map(({ action }) => action)).size).toBe(19);
});

test('the back end may do everything', () => {
  for (const row of table) expect(may(row.action, groupOf(row), undefined, 'backend')).toBe('yes');
});

test('a member without named permissions gets what the group does not keep for selected members', () => {
  expect(usualPermissions({ flags: 0 })).toBe(allPermissions);
  const flags = groupFlags.sendBySelected | groupFlags.publishBySelected;
  expect(usualPermissions({ flags })).toBe(memberFlags.receive | memberFlags.subscribe | memberFlags.list);
});

test('administrators of a group with a waiting room are let in whatever is named of them', () => {
  const flags = groupFlags.waitingRoom | groupFlags.messagesWait;
  const group = { ...somebodysGroup, flags };
  const permissions = allPermissions;
  const admin = newMember(group, 1, { admin: adminFlags.callControl, permissions }, 0);
  expect([admin.flags, admin.receives]).toEqual([permissions | memberFlags.admitted, true]);
  const member = newMember(group, 1, { permissions }, 0);
  expect([member.flags, member.receives, mustWait(group, member)]).toEqual([permissions, false, true]);
});

test('rights make the role', () => {
  expect([0, adminFlags.modify, adminFlags.owner].map(roleOf)).toEqual(['member', 'admin', 'owner']);
});
