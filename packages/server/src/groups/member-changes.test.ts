import { adminFlags, allAdminRights, allPermissions } from '@stoa/protocol';
import type { Group, GroupMember } from '@stoa/storage';
import { expect, it } from 'vitest';
import { changedMember } from './member-changes.ts';

const now = 1_000_000;
const group: Group = {
  gid: 1000,
  aid: 1,
  conv: 1,
  name: 'Band',
  flags: 0,
  settings: {},
  createdAt: 1,
  expiresAt: null,
  extendSeconds: 0,
  deleted: false,
  epoch: 1,
};

const member = (uid: number, role: GroupMember['role'], admin: number): GroupMember => ({
  gid: group.gid,
  uid,
  role,
  flags: allPermissions,
  admin,
  joinedAt: 1,
});

const owner = member(1, 'owner', allAdminRights);
const guest = member(3, 'member', 0);

/** What an administrator with these rights gets to hear who ends a membership in a minute. */
function ending(rights: number, of: GroupMember): string {
  const own = member(2, 'admin', rights);
  const caller = { aid: 1, uid: own.uid, address: 'bob' };
  try {
    return String(changedMember({ caller, group, own }, of, { stay: 60 }, now).until);
  } catch (error) {
    return (error as { code: string }).code;
  }
}

it('who may change members sets the end only of those whom he may remove', () => {
  const ends = String(now + 60_000);
  expect(ending(adminFlags.modify, owner)).toBe('PERMISSION_DENIED');
  expect(ending(adminFlags.modify, guest)).toBe('PERMISSION_DENIED');
  expect(ending(adminFlags.modify | adminFlags.removeUser, guest)).toBe(ends);
  expect(ending(adminFlags.modify | adminFlags.removeUser, owner)).toBe('PERMISSION_DENIED');
  expect(ending(adminFlags.modify | adminFlags.removeOwner, owner)).toBe(ends);
});
