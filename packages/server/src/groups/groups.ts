import { adminFlags, groupFlags, limits, type OperationRequest, roomKinds, StoaError } from '@stoa/protocol';
import { type Group, type GroupMember, type Membership, StoreUnavailableError } from '@stoa/storage';
import type { Directory, Person } from '../directory/index.ts';
import type { Attachments } from '../files/index.ts';
import { type Caller, requireMay } from './callers.ts';
import type { GroupCore } from './group-core.ts';
import { changedSettings, noSettings, type SettingsChange } from './group-settings.ts';
import {
  admittedMember,
  changedMember,
  isChanged,
  type MemberChange,
  newMember,
  requireMayAdd,
  requireMayRemove,
} from './member-changes.ts';
import { has, mustWait, receiversOf } from './permissions.ts';

/** A group with the number of its members, and what the caller is in it. */
export interface SeenGroup {
  readonly group: Group;
  readonly members: number;
  readonly own: GroupMember | undefined;
}

export interface SeenMember {
  readonly member: GroupMember;
  readonly person: Person;
}

type NewGroupRequest = Omit<OperationRequest<'groups.create'>, 'members'> & {
  readonly members?: readonly string[];
};

/** Groups and their members. Who may what is decided on the state that the change is made on. */
export class Groups {
  readonly #core: GroupCore;
  readonly #directory: Directory;
  readonly #files: Pick<Attachments, 'pictureAt'>;

  constructor(core: GroupCore, directory: Directory, files: Pick<Attachments, 'pictureAt'>) {
    this.#files = files;
    this.#core = core;
    this.#directory = directory;
  }

  /**
   * Makes a group, owned by the caller; one that the back end makes has no owner unless `owner` names one.
   *
   * @throws StoaError TOO_MANY for a user who is in too many groups
   */
  async create(caller: Caller, named: NewGroupRequest, owner?: Person): Promise<SeenGroup> {
    const { store, clock } = this.#core;
    const { kind, ...rest } = named;
    const request = kind === undefined ? rest : { ...rest, flags: (rest.flags ?? 0) | roomKinds[kind] };
    const now = clock.now();
    const settings = changedSettings(noSettings, request, now, await this.#pictureIn(caller, request));
    const ownerUid = caller.uid ?? owner?.uid;
    const { people } = await this.#people(caller.aid, request.members ?? []);
    const uids = people.map(({ uid }) => uid).filter((uid) => uid !== ownerUid);
    for (const uid of [...uids, ...(ownerUid === undefined ? [] : [ownerUid])]) await this.#requireRoom(uid);
    const base: Group = {
      ...settings,
      gid: 0,
      aid: caller.aid,
      conv: 0,
      createdAt: now,
      deleted: false,
      epoch: 0,
    };
    const { permissions } = request;
    const members = [
      ...(ownerUid === undefined ? [] : [newMember(base, ownerUid, { admin: adminFlags.owner }, now)]),
      ...uids.map((uid) => newMember(base, uid, permissions === undefined ? {} : { permissions }, now)),
    ];
    const receivers = receiversOf(settings);
    const group = await this.#core.create(caller, { ...settings, aid: caller.aid, members, receivers });
    const own = caller.uid === null ? undefined : await store.member(group.gid, caller.uid);
    return { group, members: members.length, own };
  }

  /** @throws StoaError NOT_FOUND, or NOT_A_MEMBER where the group is not everybody's business */
  async get(caller: Caller, gid: number): Promise<SeenGroup> {
    const { group, own } = await this.#core.state(caller, gid);
    if (caller.uid !== null && own === undefined && (group.flags & openFlags) === 0) {
      throw new StoaError('NOT_A_MEMBER', `The user is not a member of group ${gid}.`);
    }
    return { group, own, members: await this.#core.store.countMembers(gid) };
  }

  async update(caller: Caller, gid: number, change: SettingsChange): Promise<SeenGroup> {
    await this.#core.change(caller, gid, async ({ group, own }) => {
      requireMay('modify', group, own, caller);
      const picture = await this.#pictureIn(caller, change);
      const settings = changedSettings(group, change, this.#core.clock.now(), picture);
      const [was, receivers] = [receiversOf(group), receiversOf(settings)];
      if (was.inTurn !== receivers.inTurn) requireSize(settings, await this.#core.store.countMembers(gid));
      const isSame = was.flags === receivers.flags && was.inTurn === receivers.inTurn;
      const before = await this.#administratorsToAdmit(group, settings);
      const put = before.map((member) => admittedMember({ ...group, ...settings }, member));
      const asked = {
        group: settings,
        ...(isSame ? {} : { receivers }),
        ...(put.length === 0 ? {} : { put }),
      };
      return { change: asked, before, result: undefined };
    });
    return this.get(caller, gid);
  }

  /** Who has rights over a group is not to wait in front of its room when it gets a waiting room. */
  async #administratorsToAdmit(before: Group, after: Pick<Group, 'flags'>): Promise<GroupMember[]> {
    if (has(before.flags, groupFlags.waitingRoom) || !has(after.flags, groupFlags.waitingRoom)) return [];
    const found: GroupMember[] = [];
    for (let last = 0; ; ) {
      const page = await this.#core.store.members({ gid: before.gid, after: last, limit: membersRead });
      found.push(...page.filter((member) => member.admin !== 0 && mustWait(after, member)));
      const end = page.at(-1);
      if (end === undefined || page.length < membersRead) return found;
      last = end.uid;
    }
  }

  #pictureIn({ aid, uid }: Caller, { image }: SettingsChange): Promise<string | undefined> {
    if (image === undefined || image === '') return Promise.resolve(undefined);
    return this.#files.pictureAt(aid, uid ?? undefined, image);
  }

  async delete(caller: Caller, gid: number): Promise<void> {
    await this.#core.change(caller, gid, ({ group, own }) => {
      requireMay('removeGroup', group, own, caller);
      return { change: { deleted: true }, result: undefined };
    });
  }

  /** Ends groups whose time is over, and tells their members; resolves to their number. */
  async endExpired(limit: number): Promise<number> {
    const { store, clock } = this.#core;
    const expired = await store.expired(clock.now(), limit);
    for (const group of expired) await this.#core.end(group);
    return expired.length;
  }

  /**
   * Removes members whose time is over; resolves to their number. One who cannot be removed holds up no others; `onError`
   * is told.
   */
  async endExpiredMemberships(limit: number, onError: (error: unknown) => void): Promise<number> {
    const { store, clock } = this.#core;
    const expired = await store.expiredMembers(clock.now(), limit);
    let removed = 0;
    for (const { aid, gid, uid } of expired) {
      try {
        await this.#core.removeOver(aid, gid, [uid]);
        removed += 1;
      } catch (error) {
        // The others would wait for it as long as this one.
        if (error instanceof StoreUnavailableError) throw error;
        onError(error);
      }
    }
    return removed;
  }

  /** Ascending by gid, from after `after`. */
  async listOf(uid: number, after: number, limit: number): Promise<(Membership & { members: number })[]> {
    const { store } = this.#core;
    const memberships = await store.ofUser({ uid, after, limit });
    return Promise.all(
      memberships.map(async (membership) => ({
        ...membership,
        members: await store.countMembers(membership.group.gid),
      })),
    );
  }

  list(aid: number, after: number, limit: number): Promise<Group[]> {
    return this.#core.store.list({ aid, after, limit });
  }

  /** Ascending by uid, from after `after`. */
  async members(caller: Caller, gid: number, after: number, limit: number): Promise<SeenMember[]> {
    const { group, own } = await this.#core.state(caller, gid);
    requireMay('list', group, own, caller);
    const { store, clock } = this.#core;
    return this.#seen(await store.members({ gid, after, limit, now: clock.now() }));
  }

  /** Adds those who are none, and changes what is named of the others. */
  async addMembers(
    caller: Caller,
    gid: number,
    users: readonly string[],
    change: MemberChange,
  ): Promise<{ members: SeenMember[]; unknown: string[] }> {
    const { people, unknown } = await this.#people(caller.aid, users);
    const uids = people.map(({ uid }) => uid);
    await this.#core.removeOver(caller.aid, gid, uids);
    await this.#core.change(caller, gid, async ({ group, own }) => {
      const now = this.#core.clock.now();
      requireMayAdd({ caller, group, own }, change);
      const before = await this.#core.membersAmong(gid, uids);
      const there = new Set(before.map(({ uid }) => uid));
      // A call that is repeated because its answer was lost: what it was to tell may be lost, too.
      this.#core.remind(gid, [...there]);
      const added = uids.filter((uid) => !there.has(uid));
      await this.requireRoomFor(group, added);
      const put = [
        ...added.map((uid) => newMember(group, uid, change, now)),
        ...before
          .filter((member) => isChanged(member, change))
          .map((member) => changedMember({ caller, group, own }, member, change, now)),
      ];
      return put.length === 0 ? { result: undefined } : { change: { put }, before, result: undefined };
    });
    return { members: await this.#seen(await this.#core.membersAmong(gid, uids)), unknown };
  }

  async updateMembers(
    caller: Caller,
    gid: number,
    users: readonly string[],
    change: MemberChange,
  ): Promise<SeenMember[]> {
    const { people } = await this.#people(caller.aid, users);
    const uids = people.map(({ uid }) => uid);
    await this.#core.change(caller, gid, async ({ group, own }) => {
      if (caller.uid !== null && own === undefined) requireMay('modify', group, own, caller);
      const now = this.#core.clock.now();
      const before = await this.#core.membersAmong(gid, uids);
      const put = before
        .filter((member) => isChanged(member, change))
        .map((member) => changedMember({ caller, group, own }, member, change, now));
      return put.length === 0 ? { result: undefined } : { change: { put }, before, result: undefined };
    });
    return this.#seen(await this.#core.membersAmong(gid, uids));
  }

  async removeMembers(caller: Caller, gid: number, users: readonly string[]): Promise<void> {
    const { people } = await this.#people(caller.aid, users);
    await this.#remove(
      caller,
      gid,
      people.map(({ uid }) => uid),
    );
  }

  /** @throws StoaError NOT_A_MEMBER, or PERMISSION_DENIED for who may not leave */
  async leave(caller: Caller & { readonly uid: number }, gid: number): Promise<void> {
    await this.#core.change(caller, gid, ({ group, own }) => {
      requireMay('leave', group, own, caller);
      return { change: { remove: [caller.uid] }, before: own === undefined ? [] : [own], result: undefined };
    });
  }

  /** Ends all memberships of a user who is being removed. */
  async removeUser(aid: number, uid: number): Promise<void> {
    for (;;) {
      const memberships = await this.#core.store.ofUser({ uid, limit: 100 });
      if (memberships.length === 0) return;
      for (const { group } of memberships) {
        await this.#core.removeWithoutAsking({ aid, uid: null, address: null }, group, uid);
      }
    }
  }

  /** @throws StoaError TOO_MANY when one of them, or the group, has no room for another membership */
  async requireRoomFor(group: Pick<Group, 'gid' | 'flags'>, uids: readonly number[]): Promise<void> {
    if (uids.length === 0) return;
    requireSize(group, (await this.#core.store.countMembers(group.gid)) + uids.length);
    for (const uid of uids) await this.#requireRoom(uid);
  }

  async #requireRoom(uid: number): Promise<void> {
    if ((await this.#core.store.countOfUser(uid)) >= limits.groupsPerUser) {
      throw new StoaError('TOO_MANY', `A user is in ${limits.groupsPerUser} groups at the most.`);
    }
  }

  async #remove(caller: Caller, gid: number, uids: readonly number[]): Promise<void> {
    await this.#core.change(caller, gid, async ({ group, own }) => {
      if (caller.uid !== null && own === undefined) requireMay('removeUser', group, own, caller);
      const before = await this.#core.membersAmong(gid, uids);
      for (const member of before) requireMayRemove({ caller, group, own }, member);
      const remove = before.map(({ uid }) => uid);
      return remove.length === 0 ? { result: undefined } : { change: { remove }, before, result: undefined };
    });
  }

  async #seen(members: readonly GroupMember[]): Promise<SeenMember[]> {
    const seen: SeenMember[] = [];
    for (const member of members) {
      const person = await this.#directory.byUid(member.uid);
      if (person !== undefined) seen.push({ member, person });
    }
    return seen;
  }

  /** Each once. */
  async #people(aid: number, users: readonly string[]): Promise<{ people: Person[]; unknown: string[] }> {
    const people: Person[] = [];
    const unknown: string[] = [];
    for (const address of new Set(users)) {
      const person = await this.#directory.byAddress(aid, address);
      if (person === undefined) unknown.push(address);
      else people.push(person);
    }
    return { people, unknown };
  }
}

/** @throws StoaError TOO_MANY when a group cannot have so many members */
function requireSize(group: Pick<Group, 'flags'>, members: number): void {
  if (members > limits.groupMembers) {
    throw new StoaError('TOO_MANY', `A group has ${limits.groupMembers} members at the most.`);
  }
  if (receiversOf(group).inTurn === true && members > limits.groupTurnMembers) {
    throw new StoaError(
      'TOO_MANY',
      `A group that gives messages to one member in turn has ${limits.groupTurnMembers} at the most.`,
    );
  }
}

/** With any of them, a group is the business of those who are no members, too. */
const openFlags =
  groupFlags.sendByAnyone |
  groupFlags.publishByAnyone |
  groupFlags.subscribeByAnyone |
  groupFlags.listByAnyone |
  groupFlags.autoAddMember |
  groupFlags.joinByRequest;

/** Members in one look into the store. */
const membersRead = 500;
