import type { NewWebhookEvent } from './store-webhooks.ts';

/** A conversation of many. Its messages are in the log `conv`. */
export interface Group {
  /** Unique on this server, from 1000 to below 2^32, never used again. */
  readonly gid: number;
  readonly aid: number;
  readonly conv: number;
  readonly name: string;
  /** Bits, which the store does not interpret. */
  readonly flags: number;
  /** Free settings (status, picture, calls …), as JSON. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly createdAt: number;
  /** Null when it never ends. */
  readonly expiresAt: number | null;
  /** Seconds by which activity prolongs it; 0 when it does not. */
  readonly extendSeconds: number;
  /** True for a group that was deleted: its log stays for those who may read it. */
  readonly deleted: boolean;
  /** Counts the changes of the group, its members, PINs and join requests. */
  readonly epoch: number;
}

export type GroupRole = 'owner' | 'admin' | 'member';

/** What counts for one member in the calls of a group; the store does not interpret it. */
export interface MemberCalls {
  readonly callFlags?: number;
  readonly callDuration?: number;
  readonly videoResolution?: number;
}

export interface GroupMember {
  readonly gid: number;
  readonly uid: number;
  readonly role: GroupRole;
  /** Bits of what he may do, and of his rights over the group; the store does not interpret them. */
  readonly flags: number;
  readonly admin: number;
  readonly joinedAt: number;
  /** Absent when nothing but what counts for all. */
  readonly calls?: MemberCalls;
  /** When the membership ends; absent when it does not. */
  readonly until?: number;
}

/** A member as he is to be. */
export interface MemberToPut extends Omit<GroupMember, 'gid' | 'joinedAt'> {
  /** Whether what is sent from now on is for him. */
  readonly receives: boolean;
  /** The PIN by which he joins; absent: what is kept of it stays. */
  readonly pin?: number;
}

/** Places that a user may read: those after `after`, up to `upto` while it is not null. */
export interface GroupSpan {
  readonly after: number;
  readonly upto: number | null;
}

export interface GroupPin {
  /** Below 2^32. */
  readonly pin: number;
  /** What whoever joins with it gets. */
  readonly flags: number;
  readonly admin: number;
  readonly calls?: MemberCalls;
  /** Seconds for which he stays a member; absent: without end. */
  readonly stay?: number;
  readonly expiresAt: number | null;
  /** How often it can still be used; null for any number of times. */
  readonly usesLeft: number | null;
  /** The only user for whom it is good, 0 for whoever joins with it first; null when it is good for everybody. */
  readonly holder: number | null;
}

export interface GroupRequest {
  readonly uid: number;
  readonly askedAt: number;
}

/** Which members get what is sent. */
export interface Receivers {
  /** Those who have all of these bits among their flags; everybody with 0. */
  readonly flags: number;
  /**
   * Each message goes to one of them, who is not its sender, in turn: the next by uid. Nobody has an open span then. Who gets
   * a message, and its sender if he is one of them, has a span of this one place.
   */
  readonly inTurn?: true;
}

export interface NewGroup extends Pick<Group, 'aid' | 'name' | 'flags' | 'settings' | 'expiresAt'> {
  readonly extendSeconds: number;
  readonly members: readonly MemberToPut[];
  /** Absent: each member as his `receives` says. */
  readonly receivers?: Receivers;
  readonly now: number;
  /** Events for webhooks, in the same step. */
  readonly events?: (made: { readonly gid: number; readonly epoch: number }) => readonly NewWebhookEvent[];
}

/** All of it in one step. A member who is put and removed is removed. */
export interface GroupChange {
  readonly now: number;
  readonly group?: Partial<Pick<Group, 'name' | 'flags' | 'settings' | 'expiresAt' | 'extendSeconds'>>;
  /** Ends the group: everybody is removed, PINs and requests too. */
  readonly deleted?: true;
  /** Adds members, and changes those who are. */
  readonly put?: readonly MemberToPut[];
  readonly remove?: readonly number[];
  /** Sets for all members at once who receives from now on. Those who are put in the same change are as `put` says. */
  readonly receivers?: Receivers;
  readonly putPins?: readonly GroupPin[];
  readonly removePins?: readonly number[];
  readonly putRequests?: readonly number[];
  readonly removeRequests?: readonly number[];
  /** Events for webhooks. */
  readonly events?: readonly NewWebhookEvent[];
}

/** A group as one of its members has it. */
export interface Membership {
  readonly group: Group;
  readonly member: GroupMember;
  /** Whether what is sent now is for him. */
  readonly receives: boolean;
}

export interface GroupStore {
  /** Makes the group with its conversation. */
  create(group: NewGroup): Promise<Group>;
  /** Finds deleted ones, too. */
  find(gid: number): Promise<Group | undefined>;
  /**
   * Carries out the change between two messages of the log: what was appended before it is for those who were members
   * before, what comes after for those who are then. Undefined, and nothing is changed, when the group's epoch is not the
   * one that is named. Resolves to the new epoch, and to the place after which the change counts.
   */
  change(
    group: Pick<Group, 'gid' | 'conv' | 'epoch'>,
    change: GroupChange,
  ): Promise<{ epoch: number; last: number } | undefined>;
  /** Ascending by gid, from after `after`. */
  list(query: { aid: number; after?: number; limit: number }): Promise<Group[]>;
  /** The groups of a user, ascending by gid. */
  ofUser(query: { uid: number; after?: number; limit: number }): Promise<Membership[]>;
  countOfUser(uid: number): Promise<number>;
  /** Of which the user is an owner. */
  countOwned(uid: number): Promise<number>;
  member(gid: number, uid: number): Promise<GroupMember | undefined>;
  /** Those of the users who are members, in any order. */
  membersAmong(gid: number, uids: readonly number[]): Promise<GroupMember[]>;
  /** Ascending by uid. With `now`, without those whose membership has ended by then. */
  members(query: { gid: number; after?: number; limit: number; now?: number }): Promise<GroupMember[]>;
  countMembers(gid: number): Promise<number>;
  /** What the user may read of a group's log behind a place (default: from its beginning), ascending; empty when nothing. */
  spans(conv: number, uid: number, behind?: number): Promise<GroupSpan[]>;
  /**
   * Places behind `after`, ascending, at which a message that is for the user was edited or recalled while he was away from
   * the group, to which he has come back since.
   */
  missedChanges(query: { conv: number; uid: number; after: number; limit: number }): Promise<number[]>;
  /** Who would be next, after this uid, in a group whose members get messages in turn. */
  nextInTurn(query: { conv: number; sender: number; after: number }): Promise<number | undefined>;
  /**
   * In a group whose members get messages in turn: up to where those of `sender` behind the place `after` have all reached
   * whom they were for, and were read by him. Undefined in other groups.
   */
  settled(query: {
    conv: number;
    sender: number;
    after: number;
  }): Promise<{ delivered: number; read: number } | undefined>;
  /** Who receives what is sent now and may not read this place of the log, of a time before he joined; in any order. */
  joinedBehind(query: { conv: number; seq: number; limit: number }): Promise<number[]>;
  /** The users of these who receive what is sent now, with the epoch of which this is true. */
  receiversAmong(conv: number, uids: readonly number[]): Promise<{ epoch: number; uids: number[] }>;
  /** Ascending by pin. */
  pins(gid: number): Promise<GroupPin[]>;
  /** Plain members who joined with a PIN and have all of these bits among their flags, in any order. */
  membersWithPin(query: { gid: number; pin: number; flags: number; limit: number }): Promise<GroupMember[]>;
  /** PINs that expired before `now` and by which plain members with all of these bits among their flags joined. */
  expiredPins(query: {
    now: number;
    flags: number;
    limit: number;
  }): Promise<(Pick<Group, 'aid' | 'gid'> & Pick<GroupPin, 'pin'>)[]>;
  /** Memberships that ended before `now`, of groups that are not deleted. */
  expiredMembers(
    now: number,
    limit: number,
  ): Promise<(Pick<Group, 'aid' | 'gid'> & Pick<GroupMember, 'uid'>)[]>;
  /** Those that asked first come first. */
  requests(query: { gid: number; after?: GroupRequest; limit: number }): Promise<GroupRequest[]>;
  countRequests(gid: number): Promise<number>;
  /** Who may read this place of a group's log and those before it behind `after`, and when it reached him. Ascending by uid. */
  receipts(query: {
    conv: number;
    seq: number;
    after?: number;
    limit: number;
  }): Promise<{ uid: number; after: number; deliveredAt: number | null; readAt: number | null }[]>;
  /** Who sent the entries of a log after one place and up to another. */
  senders(conv: number, after: number, upto: number): Promise<number[]>;
  /** Groups that ended before `now` and are not deleted. */
  expired(now: number, limit: number): Promise<Group[]>;
}
