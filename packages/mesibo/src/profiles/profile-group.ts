import { adminFlags } from '@stoa/protocol';
import { MESIBO_RESULT_OK } from '../constants/result.ts';
import {
  addressesOf,
  fromMesiboPermissions,
  fromMesiboPin,
  fromMesiboSettings,
  type MesiboGroupSettings,
  type MesiboMemberPermissions,
} from '../groups/group-objects.ts';
import type { GroupListener } from '../groups/mesibo-groups.ts';
import { internal } from '../internal.ts';
import { ProfileLimits } from './profile-limits.ts';

/**
 * What can be done with a group. Everything returns at once, MESIBO_RESULT_OK; how it went, callbacks tell, of the
 * listener that was passed and of all others: Mesibo_onGroupError, or what the function names. What the user may do is
 * known after the connection is up.
 */
export abstract class ProfileGroup extends ProfileLimits {
  /**
   * Mesibo_onGroupMembers, or a function of `(profile, members)`. The next call goes on, unless `restart`; with `count` 0
   * all members come at once (of a large group the first 1,000).
   */
  getMembers(count = 20, restart = false, listener?: GroupListener): number {
    return this.groups().members(this.asProfile(), Number(count) || 0, restart, listener);
  }
  /** Mesibo_onGroupSettings. */
  getSettings(listener?: GroupListener): number {
    return this.groups().settings(this.asProfile(), listener);
  }
  /** Mesibo_onGroupSettings. */
  setProperties(settings: MesiboGroupSettings, listener?: GroupListener): number {
    return this.groups().change(this.asProfile(), listener, (groups, gid) =>
      groups.update(gid, fromMesiboSettings(settings)),
    );
  }
  /** Mesibo_onGroupMembersJoined. The third argument: MESIBO_ADMINFLAG_*. */
  addMembers(
    addresses: readonly string[] | string,
    permissions?: number | MesiboMemberPermissions,
    admin?: number,
  ): number {
    return this.groups().ask(this.asProfile(), null, (groups, gid) =>
      groups.addMembers(gid, addressesOf(addresses), fromMesiboPermissions(permissions, admin)),
    );
  }
  addMember(address: string, permissions?: number | MesiboMemberPermissions, admin?: number): number {
    return this.addMembers([address], permissions, admin);
  }
  /** Mesibo_onGroupMembersRemoved. */
  removeMembers(addresses: readonly string[] | string): number {
    return this.groups().ask(this.asProfile(), null, (groups, gid) =>
      groups.removeMembers(gid, addressesOf(addresses)),
    );
  }
  removeMember(address: string): number {
    return this.removeMembers([address]);
  }
  /** Mesibo_onGroupSettings, with all PINs. `expiry`: seconds; `count`: how often it is good; 0: without end. */
  addPin(
    permissions: number | MesiboMemberPermissions,
    listener?: GroupListener,
    expiry = 0,
    count = 0,
  ): number {
    return this.groups().change(this.asProfile(), listener, (groups, gid) =>
      groups.addPin(gid, fromMesiboPin(permissions, expiry, count)),
    );
  }
  editPin(pin: number, permissions: number | MesiboMemberPermissions, expiry = 0, count = 0): number {
    return this.groups().change(this.asProfile(), null, (groups, gid) =>
      groups.updatePin(gid, Number(pin), fromMesiboPin(permissions, expiry, count)),
    );
  }
  removePin(pin: number): number {
    return this.groups().change(this.asProfile(), null, (groups, gid) => groups.removePin(gid, Number(pin)));
  }
  /** Mesibo_onGroupJoined, which comes later where somebody has to let the user in. `pin` 0: without one. */
  join(pin?: number, listener?: GroupListener): number {
    return this.groups().join(this.asProfile(), pin ? Number(pin) : undefined, listener);
  }
  /** Mesibo_onGroupLeft. */
  leave(): number {
    return this.groups().ask(this.asProfile(), null, (groups, gid) => groups.leave(gid));
  }
  /** Mesibo_onGroupLeft, for all members. */
  deleteGroup(): number {
    return this.groups().ask(this.asProfile(), null, (groups, gid) => groups.delete(gid));
  }

  /** Of a group that the user may modify: its name, status and picture, for everybody in it. */
  override publish(): number {
    if (!this.isGroup() || !this.mayPublish()) return super.publish();
    const { saved, profiles } = this[internal];
    const { name, image, values: { status } = {} } = saved;
    const change = {
      ...(name !== undefined && { name }),
      ...(image !== undefined && { image }),
      ...(typeof status === 'string' && { status }),
    };
    if (Object.keys(change).length === 0) return MESIBO_RESULT_OK;
    this.publishBy(async ({ groups }) => {
      this.groups().learn(await groups.update(this.groupid, change));
      this.published({ ...change, ...(status !== undefined && { values: { status } }) });
      profiles.changed(this.asProfile());
    });
    return MESIBO_RESULT_OK;
  }

  protected override mayPublish(): boolean {
    return super.mayPublish() || (this.isGroup() && this.canModify());
  }

  isOwner(): boolean {
    return this[internal].group?.role === 'owner';
  }
  canAdmin(): boolean {
    const role = this[internal].group?.role;
    return role === 'owner' || role === 'admin';
  }
  canModify(): boolean {
    return this.may(adminFlags.modify);
  }
  canAddMembers(): boolean {
    return this.may(adminFlags.addUser);
  }
  canRemoveMembers(): boolean {
    return this.may(adminFlags.removeUser);
  }
  canAddAdmins(): boolean {
    return this.may(adminFlags.addAdmin);
  }
  canRemoveAdmins(): boolean {
    return this.may(adminFlags.removeAdmin);
  }
  canRemoveOwner(): boolean {
    return this.may(adminFlags.removeOwner);
  }
  canRemoveGroup(): boolean {
    return this.may(adminFlags.removeGroup);
  }

  /** Who has administered the group last is not told to clients. */
  getLastAdmin(): null {
    return null;
  }
  getAdmin(): null {
    return null;
  }
  /** Requests to join are answered by whom they come from: they have no numbers. */
  getRequestId(): number {
    return 0;
  }

  private may(right: number): boolean {
    return ((this[internal].group?.admin ?? 0) & (right | adminFlags.owner)) !== 0;
  }

  private groups() {
    return this[internal].context.groups;
  }
}
