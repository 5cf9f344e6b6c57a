import { groupFlags, limits, StoaError } from '@stoa/protocol';
import type { Group } from '@stoa/storage';
import { type Caller, requireMay } from './callers.ts';
import type { GroupCore, GroupState } from './group-core.ts';
import type { Joining } from './joining.ts';
import { has } from './permissions.ts';

/** Who may send to a group. */
export class GroupSending {
  readonly #core: GroupCore;
  readonly #joining: Joining;

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
    return (await this.#core.store.countMembers(gid)) > limits.groupPresenceMembers ? undefined : group;
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
  async #prolong({ aid, gid, expiresAt, extendSeconds }: Group): Promise<void> {
    const extendMs = extendSeconds * 1000;
    const now = this.#core.clock.now();
    if (expiresAt === null || expiresAt >= now + 0.9 * extendMs) return;
    await this.#core.change({ aid, uid: null, address: null }, gid, () => ({
      change: { group: { expiresAt: now + extendMs } },
      result: undefined,
    }));
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
