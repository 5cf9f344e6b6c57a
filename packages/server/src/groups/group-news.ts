import type { Bus } from '@stoa/bus';
import { type GroupNoticeFrame, limits, msgpackCodec } from '@stoa/protocol';
import type { Group, GroupChange, GroupMember, GroupStore } from '@stoa/storage';
import type { Directory } from '../directory/index.ts';
import { type GroupEvent, publishToUser, subjects } from '../events.ts';
import type { Caller } from './callers.ts';
import { groupInfo, memberInfo } from './group-view.ts';

/** What became of a group. */
export interface GroupNewsItem {
  readonly caller: Caller;
  /** As it was before. */
  readonly group: Group;
  readonly change: Omit<GroupChange, 'now' | 'events'>;
  /** Members that the change is about, as they were before. */
  readonly before: readonly GroupMember[];
  /** Users who wait no longer to be let in. */
  readonly answered?: readonly number[];
  /** That the group has got by the change. */
  readonly epoch: number;
  readonly now: number;
}

type Notice = Omit<GroupNoticeFrame, 't' | 'gid'>;

/** Tells nodes what they must know of a group's members, and connected devices what they show of it. */
export class GroupNews {
  readonly #bus: Bus;
  readonly #store: Pick<GroupStore, 'countMembers'>;
  readonly #directory: Pick<Directory, 'byUid'>;

  constructor(options: {
    readonly bus: Bus;
    readonly store: Pick<GroupStore, 'countMembers'>;
    readonly directory: Pick<Directory, 'byUid'>;
  }) {
    this.#bus = options.bus;
    this.#store = options.store;
    this.#directory = options.directory;
  }

  async announce(item: GroupNewsItem): Promise<void> {
    const { caller, group, change, before, epoch, now } = item;
    const by = caller.address === null ? {} : { by: caller.address };
    const { put = [], remove = [] } = change;
    if (change.deleted === true) {
      const bytes = encoded(group.gid, { event: 'left', reason: 'deleted', ...by });
      this.#publish(group, { type: 'group-frame', to: 'members', bytes });
      const { flags } = group;
      this.#publish(group, { type: 'group-changed', epoch, flags, put: [], removed: [], all: true });
      return;
    }
    this.#publish(group, {
      type: 'group-changed',
      epoch,
      flags: change.group?.flags ?? group.flags,
      put: put.map(({ uid, receives, flags, admin }) => ({ uid, receives, flags, admin })),
      removed: remove,
      all: change.receivers !== undefined,
    });
    const known = new Map(before.map((member) => [member.uid, member]));
    const after: Group = { ...group, ...change.group, epoch };
    // First: a store that goes away meanwhile must not leave nodes without knowing of a member.
    for (const { uid } of put) if (!known.has(uid)) this.remind(group.gid, uid);
    const count = await this.#store.countMembers(group.gid);
    for (const member of put) {
      const was = known.get(member.uid);
      const info = groupInfo(after, count, { joinedAt: now, gid: group.gid, ...member });
      const event = was === undefined ? 'joined' : 'changed';
      this.#tell(member.uid, group.gid, { event, group: info, ...by });
    }
    for (const uid of remove) {
      this.#tell(uid, group.gid, { event: 'left', reason: uid === caller.uid ? 'left' : 'removed', ...by });
    }
    if (change.group !== undefined) {
      const bytes = encoded(group.gid, { event: 'changed', group: groupInfo(after, count), ...by });
      this.#publish(group, { type: 'group-frame', to: 'members', bytes });
    }
    if (put.length > 0 || remove.length > 0)
      await this.#tellMembers({ group: after, change, now }, count, known, by);
    await this.#tellRequests(item, known);
  }

  /** Lets the nodes that hold sessions of a member look whether they know that he is one. */
  remind(gid: number, uid: number): void {
    publishToUser(this.#bus, uid, { type: 'group-joined', gid });
  }

  async #tellMembers(
    { group, change: { put = [], remove = [] }, now }: Pick<GroupNewsItem, 'group' | 'change' | 'now'>,
    count: number,
    known: ReadonlyMap<number, GroupMember>,
    by: { readonly by?: string },
  ): Promise<void> {
    const members = await Promise.all(
      put.map(async (member) => {
        const person = await this.#directory.byUid(member.uid);
        const { joinedAt } = known.get(member.uid) ?? { joinedAt: now };
        return memberInfo({ ...member, joinedAt }, person ?? { address: '', name: '' });
      }),
    );
    const removed = await this.#addresses(remove);
    const bytes = encoded(group.gid, {
      event: 'members',
      ...(members.length === 0 ? {} : { members }),
      ...(removed.length === 0 ? {} : { removed }),
      ...by,
    });
    const to = count > limits.groupToldMembers ? 'administrators' : 'listers';
    this.#publish(group, { type: 'group-frame', to, bytes });
  }

  async #tellRequests(
    { group, caller, change, answered = [] }: GroupNewsItem,
    known: ReadonlyMap<number, GroupMember>,
  ): Promise<void> {
    const { putRequests = [], removeRequests = [] } = change;
    for (const uid of removeRequests) {
      if (uid === caller.uid) continue;
      // Who waits for being admitted as a member stays one.
      const isMember = known.has(uid);
      this.#tell(uid, group.gid, isMember ? { event: 'denied' } : { event: 'left', reason: 'denied' });
    }
    if (putRequests.length === 0 && answered.length === 0) return;
    const [users, done] = await Promise.all([this.#addresses(putRequests), this.#addresses(answered)]);
    const bytes = encoded(group.gid, {
      event: 'requests',
      ...(users.length === 0 ? {} : { users }),
      ...(done.length === 0 ? {} : { answered: done }),
    });
    this.#publish(group, { type: 'group-frame', to: 'administrators', bytes });
  }

  async #addresses(uids: readonly number[]): Promise<string[]> {
    const people = await Promise.all(uids.map((uid) => this.#directory.byUid(uid)));
    return people.flatMap((person) => (person === undefined ? [] : [person.address]));
  }

  #tell(uid: number, gid: number, notice: Notice): void {
    publishToUser(this.#bus, uid, { type: 'frame', bytes: encoded(gid, notice) });
  }

  #publish({ conv }: Group, event: GroupEvent): void {
    this.#bus.publish(subjects.group(conv), event);
  }
}

function encoded(gid: number, notice: Notice): Uint8Array {
  const frame: GroupNoticeFrame = { t: 'group', gid, ...notice };
  return msgpackCodec.encode(frame) as Uint8Array;
}
