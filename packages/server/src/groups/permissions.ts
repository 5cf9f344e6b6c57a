import { adminFlags, groupFlags, memberFlags } from '@stoa/protocol';
import type { GroupMember, Receivers } from '@stoa/storage';

/** What somebody wants to do in or with a group. */
export type GroupAction =
  | 'send'
  | 'receive'
  | 'publish'
  | 'subscribe'
  | 'list'
  | 'leave'
  | 'modify'
  | 'addUser'
  | 'removeUser'
  | 'addAdmin'
  | 'removeAdmin'
  | 'removeOwner'
  | 'removeGroup'
  | 'callControl'
  | 'hangup'
  | 'record'
  | 'addPin'
  | 'removePin'
  | 'listPin';

/** The application's back end may do everything. */
export type ActorKind = 'user' | 'backend';

/** `notMember`: members with the same permissions could; `denied`: this member cannot; `paused`: nobody can; `waiting`: once he is admitted. */
export type Verdict = 'yes' | 'notMember' | 'denied' | 'paused' | 'waiting';

interface Rule {
  /** Bit of the member's permissions that counts where the group keeps the action for selected members. */
  readonly permission: number;
  readonly bySelected: number;
  /** 0 where it is never for everybody. */
  readonly byAnyone: number;
  readonly stopsWhenPaused: boolean;
  /** Of a group with a waiting room: which of its flags keep the action for those who are admitted. */
  readonly waitsWith: number;
}

const rules: Partial<Record<GroupAction, Rule>> = {
  send: {
    permission: memberFlags.send,
    bySelected: groupFlags.sendBySelected,
    byAnyone: groupFlags.sendByAnyone,
    stopsWhenPaused: true,
    waitsWith: groupFlags.messagesWait,
  },
  receive: {
    permission: memberFlags.receive,
    bySelected: groupFlags.receiveBySelected,
    byAnyone: 0,
    stopsWhenPaused: false,
    waitsWith: groupFlags.messagesWait,
  },
  publish: {
    permission: memberFlags.publish,
    bySelected: groupFlags.publishBySelected,
    byAnyone: groupFlags.publishByAnyone,
    stopsWhenPaused: true,
    waitsWith: groupFlags.waitingRoom,
  },
  subscribe: {
    permission: memberFlags.subscribe,
    bySelected: groupFlags.subscribeBySelected,
    byAnyone: groupFlags.subscribeByAnyone,
    stopsWhenPaused: false,
    waitsWith: groupFlags.waitingRoom,
  },
  list: {
    permission: memberFlags.list,
    bySelected: groupFlags.listBySelected,
    byAnyone: groupFlags.listByAnyone,
    stopsWhenPaused: false,
    waitsWith: groupFlags.waitingRoom,
  },
};

/** The one decision about what somebody may do in a group. `member`: undefined for who is none. */
export function may(
  action: GroupAction,
  group: { readonly flags: number },
  member: Pick<GroupMember, 'flags' | 'admin'> | undefined,
  actor: ActorKind = 'user',
): Verdict {
  if (actor === 'backend') return 'yes';
  const rule = rules[action];
  if (rule !== undefined) return permitted(action, rule, group.flags, member);
  if (member === undefined) return 'notMember';
  if (action === 'leave') {
    const stays = has(group.flags, groupFlags.noSelfDelete) || has(member.flags, memberFlags.noSelfDelete);
    return stays ? 'denied' : 'yes';
  }
  if (action === 'record' && has(member.flags, memberFlags.record)) return 'yes';
  const right = action === 'record' ? adminFlags.callControl : adminFlags[action as keyof typeof adminFlags];
  return has(member.admin, adminFlags.owner) || has(member.admin, right) ? 'yes' : 'denied';
}

/** Permissions of a member for whom none were named: all that the group does not keep for selected ones. */
export function usualPermissions(group: { readonly flags: number }): number {
  let permissions = 0;
  for (const { permission, bySelected } of Object.values(rules)) {
    if (!has(group.flags, bySelected)) permissions |= permission;
  }
  return permissions;
}

/** Which members get what is sent to the group. */
export function receiversOf(group: { readonly flags: number }): Receivers {
  const waits = groupFlags.waitingRoom | groupFlags.messagesWait;
  const selected = has(group.flags, groupFlags.receiveBySelected) ? memberFlags.receive : 0;
  const flags = selected | ((group.flags & waits) === waits ? memberFlags.admitted : 0);
  return isInTurn(group) ? { flags, inTurn: true } : { flags };
}

/** Whether each message goes to one member. */
export const isInTurn = (group: { readonly flags: number }): boolean =>
  has(group.flags, groupFlags.receiveRoundRobin);

/** Whether a member has to be let into the room by somebody. Those who have rights over the group never have. */
export const mustWait = (group: { readonly flags: number }, member: Pick<GroupMember, 'flags'>): boolean =>
  has(group.flags, groupFlags.waitingRoom) && !has(member.flags, memberFlags.admitted);

/** What somebody with these rights is called. */
export function roleOf(admin: number): GroupMember['role'] {
  if (has(admin, adminFlags.owner)) return 'owner';
  return admin === 0 ? 'member' : 'admin';
}

export const has = (flags: number, bit: number): boolean => (flags & bit) !== 0;

function permitted(
  action: GroupAction,
  { permission, bySelected, byAnyone, stopsWhenPaused, waitsWith }: Rule,
  flags: number,
  member: Pick<GroupMember, 'flags' | 'admin'> | undefined,
): Verdict {
  if (stopsWhenPaused && has(flags, groupFlags.paused)) return 'paused';
  if (has(flags, groupFlags.waitingRoom) && has(flags, waitsWith)) {
    if (member === undefined) return 'notMember';
    if (!has(member.flags, memberFlags.admitted)) return 'waiting';
  }
  if (has(flags, byAnyone)) return 'yes';
  if (member === undefined) return 'notMember';
  if (!has(flags, bySelected) || has(member.flags, permission)) return 'yes';
  // Who administers a group must see whom he administers.
  return action === 'list' && member.admin !== 0 ? 'yes' : 'denied';
}
