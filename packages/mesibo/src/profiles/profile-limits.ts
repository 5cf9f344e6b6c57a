import { MESIBO_GROUPERROR_GENERAL } from '../constants/group.ts';
import { MESIBO_RESULT_OK } from '../constants/result.ts';
import { internal } from '../internal.ts';
import { invoke } from '../listeners.ts';
import { unsupported } from '../unsupported.ts';
import { ProfileData } from './profile-data.ts';

/** A listener object, or a function that is only called on success and so is not called at all. */
type GroupListener = object | null | undefined;

/**
 * Blocking, and what the server cannot do yet for a user or group: groups, pictures. Every such call is refused: it returns a
 * failure, Mesibo_onError says why, and group operations report Mesibo_onGroupError.
 */
export abstract class ProfileLimits extends ProfileData {
  getMembers(_count?: number, _restart?: boolean, listener?: GroupListener): number {
    return this.refuseGroup('Listing members', listener);
  }
  getSettings(listener?: GroupListener): number {
    return this.refuseGroup('Reading group settings', listener);
  }
  setProperties(_settings?: object, listener?: GroupListener): number {
    return this.refuseGroup('Changing a group', listener);
  }
  addMembers(_addresses?: unknown, _permissions?: unknown, _pin?: unknown): number {
    return this.refuseGroup('Adding members');
  }
  addMember(_address?: unknown, _permissions?: unknown, _pin?: unknown): number {
    return this.refuseGroup('Adding members');
  }
  removeMembers(_addresses?: unknown): number {
    return this.refuseGroup('Removing members');
  }
  removeMember(_address?: unknown): number {
    return this.refuseGroup('Removing members');
  }
  addPin(_permissions?: unknown, listener?: GroupListener): number {
    return this.refuseGroup('Adding a PIN', listener);
  }
  editPin(_pin?: unknown, _permissions?: unknown): number {
    return this.refuseGroup('Changing a PIN');
  }
  removePin(_pin?: unknown): number {
    return this.refuseGroup('Removing a PIN');
  }
  join(_pin?: unknown, listener?: GroupListener): number {
    return this.refuseGroup('Joining a group', listener);
  }
  leave(): number {
    return this.refuseGroup('Leaving a group');
  }
  deleteGroup(): number {
    return this.refuseGroup('Deleting a group');
  }
  isOwner(): boolean {
    return false;
  }
  canAdmin(): boolean {
    return false;
  }
  canModify(): boolean {
    return false;
  }
  canAddMembers(): boolean {
    return false;
  }
  canRemoveMembers(): boolean {
    return false;
  }

  /** Messages and calls of a blocked user are refused by the server; Mesibo_onProfileUpdated tells of it on all devices. */
  block(on = true): number {
    return this.blockMessages(on);
  }
  toggleBlock(): number {
    return this.block(!this.isBlocked());
  }
  blockMessages(on = true): number {
    const { context } = this[internal];
    if (this.isGroup() || this.address === '') return this.refuse('Blocking a group');
    context
      .whenClient()
      .then((client) => (on ? client.block(this.address) : client.unblock(this.address)))
      .catch((error) => context.fail(error));
    return MESIBO_RESULT_OK;
  }
  blockCalls(_on?: boolean): number {
    return this.refuse('Blocking calls alone');
  }
  blockVideoCalls(_on?: boolean): number {
    return this.refuse('Blocking video calls alone');
  }
  blockGroupMessages(_on?: boolean): number {
    return this.refuse('Blocking messages in groups');
  }
  blockProfile(_on?: boolean): number {
    return this.refuse('Hiding the profile');
  }
  isBlocked(): boolean {
    return this.isMessageBlocked();
  }
  isMessageBlocked(): boolean {
    return this.address !== '' && (this[internal].context.client?.isBlocked(this.address) ?? false);
  }
  /** Who blocks messages blocks calls with them. */
  isCallBlocked(): boolean {
    return this.isMessageBlocked();
  }

  setImage(_image?: unknown, _index?: number): number {
    return this.refuse('Uploading a picture');
  }
  setImageFromFile(_file?: unknown, _index?: number): number {
    return this.refuse('Uploading a picture');
  }
  setProfileAccessLevels(_levels?: unknown): number {
    return this.refuse('Setting access levels');
  }
  isCallInProgress(): boolean {
    return this[internal].context.calls.with(this.address) !== undefined;
  }
  isVideoCallInProgress(): boolean {
    return this[internal].context.calls.with(this.address)?.isVideoCall() === true;
  }

  private refuse(what: string): number {
    return unsupported(this[internal].context, what);
  }

  private refuseGroup(what: string, listener?: GroupListener): number {
    const { context } = this[internal];
    const profile = this.asProfile();
    queueMicrotask(() => {
      if (typeof listener === 'object' && listener !== null && !context.listeners.includes(listener)) {
        invoke(listener, 'GroupError', [profile, MESIBO_GROUPERROR_GENERAL]);
      }
      context.listeners.notify('GroupError', profile, MESIBO_GROUPERROR_GENERAL);
    });
    return this.refuse(what);
  }
}
