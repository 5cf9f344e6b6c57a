import { groupFlags, limits, StoaError } from '@stoa/protocol';
import type { Group } from '@stoa/storage';
import { BoundedMap } from '../bounded-map.ts';
import { backendOf, type Caller, requireMay } from './callers.ts';
import type { GroupCore, GroupState } from './group-core.ts';
import type { Joining } from './joining.ts';
import { has } from './permissions.ts';

/** Who may send to a group. */
export class GroupSending {
  readonly #core: GroupCore;
  readonly #joining: Joining;
  readonly #sizes = new BoundedMap<number, { readonly epoch: number; readonly members: number }>(10_000);

  constructor(core: GroupCore, joining: Joining) {
    this.#core = core;
    this.#joining = joining;
  }

  /**
   * The group, if the caller may send to it now.
   *
   * @throws StoaError INVALID_DESTINATION, NOT_A_MEMBER, PERMISSION_DENIED or GROUP_PAUSED
   */
  async open(caller: Caller, gid: number): Promise<Group> {
    const { group, own } = await this.#state(caller, gid);
    requireMay('send', group, own, caller);
    if (own === undefined && caller.uid !== null && has(group.flags, groupFlags.autoAddMember)) {
      await this.#joining.join({ ...caller, uid: caller.uid }, gid);
    }
    await this.#prolong(group);
    return group;
  }

  /**
   * Nobody becomes a member by it, and nothing is prolonged.
   *
   * @throws StoaError as open() does
   */
  async requireSend(caller: Caller, gid: number): Promise<void> {
    const { group, own } = await this.#state(caller, gid);
    requireMay('send', group, own, caller);
  }

  /** The group, whatever the caller may do in it: for what was stored while he might. */
  async find(caller: Caller, gid: number): Promise<Group> {
    return (await this.#state(caller, gid)).group;
  }

  /**
   * The group, if the caller may send to it and it is not too large for presence.
   *
   * @throws StoaError as open
   */
  async openForPresence(caller: Caller, gid: number): Promise<Group | undefined> {
    const group = await this.open(caller, gid);
    return (await this.#membersOf(group)) > limits.groupPresenceMembers ? undefined : group;
  }

  /** Members come and go with changes of the group alone: not with everything that is said, they are counted. */
  async #membersOf({ gid, epoch }: Group): Promise<number> {
    const known = this.#sizes.get(gid);
    if (known?.epoch === epoch) return known.members;
    const members = await this.#core.store.countMembers(gid);
    this.#sizes.set(gid, { epoch, members });
    return members;
  }

  /**
   * What concerns everybody in the group is for those who may modify it: pinning, and calling upon all members.
   *
   * @throws StoaError as open() does
   */
  async requireModify(caller: Caller, gid: number): Promise<void> {
    const { group, own } = await this.#state(caller, gid);
    requireMay('modify', group, own, caller);
  }

  /** Not with each message: a tenth of the time is left to chance. */
  async #prolong(group: Group): Promise<void> {
    const now = this.#core.clock.now();
    if (lasts(group, now)) return;
    const { aid, gid } = group;
    // Many may send at once, of whom one is enough.
    await this.#core.change(backendOf(aid), gid, ({ group: { expiresAt, extendSeconds } }) =>
      lasts({ expiresAt, extendSeconds }, now)
        ? { result: undefined }
        : { change: { group: { expiresAt: now + extendSeconds * 1000 } }, result: undefined },
    );
  }

  async #state(caller: Caller, gid: number): Promise<GroupState> {
    try {
      return await this.#core.state(caller, gid);
    } catch (error) {
      if (!(error instanceof StoaError) || error.code !== 'NOT_FOUND') throw error;
      throw new StoaError('INVALID_DESTINATION', `There is no group ${gid}.`);
    }
  }
}

/** Whether activity at this time does not prolong the group. */
const lasts = (
  { expiresAt, extendSeconds }: Pick<Group, 'expiresAt' | 'extendSeconds'>,
  now: number,
): boolean => expiresAt === null || expiresAt >= now + 0.9 * extendSeconds * 1000;
