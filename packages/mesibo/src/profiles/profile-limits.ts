import type { Client, ProfileChange } from '@stoa/client';
import { limits } from '@stoa/protocol';
import { MESIBO_SYNCTYPE_REALTIME } from '../constants/profile.ts';
import { MESIBO_RESULT_BADREQ, MESIBO_RESULT_OK } from '../constants/result.ts';
import { internal } from '../internal.ts';
import { fileToUpload } from '../messages/file-to-upload.ts';
import { unsupported } from '../unsupported.ts';
import { ProfileArranging } from './profile-arranging.ts';
import { accessLevelChange, visibilityChange, withoutAccessLevels } from './profile-publishing.ts';

type BlockedPart = 'calls' | 'profile' | 'groups';

/**
 * Blocking, pictures and who sees what, and what the server cannot do yet. Every such call is refused: it returns a
 * failure, and Mesibo_onError says why.
 */
export abstract class ProfileLimits extends ProfileArranging {
  /** Messages and calls of a blocked user are refused by the server; Mesibo_onProfileUpdated tells of it on all devices. */
  block(on = true): number {
    return this.blockMessages(on);
  }
  toggleBlock(): number {
    return this.block(!this.isBlocked());
  }
  blockMessages(on = true): number {
    if (this.isGroup() || this.address === '') return this.refuse('Blocking a group');
    this.changeBlock((client) => (on ? client.block(this.address) : client.unblock(this.address)));
    return MESIBO_RESULT_OK;
  }
  /** Has the server refuse calls of this user, and nothing else. */
  blockCalls(on = true): number {
    return this.blockPart('calls', on);
  }
  blockVideoCalls(_on?: boolean): number {
    return this.refuse('Blocking video calls alone');
  }
  /** Keeps away what this user says in groups in which both are; he is not told. */
  blockGroupMessages(on = true): number {
    return this.blockPart('groups', on);
  }
  /** Shows this user the name only. */
  blockProfile(on = true): number {
    return this.blockPart('profile', on);
  }
  blockProfileSubscription(_on?: boolean): number {
    return this.refuse('Blocking subscriptions alone');
  }
  isBlocked(): boolean {
    return this.isMessageBlocked();
  }
  isMessageBlocked(): boolean {
    return this.address !== '' && (this[internal].context.client?.isBlocked(this.address) ?? false);
  }
  /** Who blocks messages blocks calls with them. */
  isCallBlocked(): boolean {
    return this.isPartBlocked('calls');
  }
  /** Video calls are blocked with all others. */
  isVideoCallBlocked(): boolean {
    return this.isCallBlocked();
  }
  isProfileSubscriptionBlocked(): boolean {
    return false;
  }
  /** Who blocks messages does not block what is said in groups. */
  isGroupMessageBlocked(): boolean {
    return this.isPartBlocked('groups');
  }
  isProfileBlocked(): boolean {
    return this.isPartBlocked('profile');
  }

  /** Uploads a picture for the own profile or a group: a File, a Blob, the id of an input element with one or, in Node, a path. */
  setImage(image?: unknown, _index = 0): number {
    const file = fileToUpload(image);
    // Whoever waits for it, later, is told.
    if (file instanceof Promise) file.catch(() => {});
    const isOwn = this.isSelfProfile();
    if (file === undefined || !(isOwn || this.isGroup())) return this.refuse('Uploading this as a picture');
    if (isOwn) {
      delete this[internal].saved.image;
      this.publishChange(async (client) => {
        const { id, thumbnail } = await client.files.uploadPicture(await file);
        return { picture: { id, ...(thumbnail !== undefined && { thumbnail }) } };
      });
      return MESIBO_RESULT_OK;
    }
    const { context } = this[internal];
    context
      .whenClient()
      .then(async (client) => {
        const { url } = await client.files.uploadPicture(await file);
        await client.groups.update(this.groupid, { image: url });
      })
      .catch((error) => context.fail(error));
    return MESIBO_RESULT_OK;
  }
  setImageFromFile(file?: unknown, index = 0): number {
    return this.setImage(file, index);
  }
  /** Of the own profile: whether others find the user by his name. */
  setSearchable(searchable: boolean): number {
    return this.change({ searchable: Boolean(searchable) });
  }
  /** Of the own profile, MESIBO_VISIBILITY_*: who may see status and picture, and find the user. */
  setVisibility(visibility: number): number {
    return this.change(visibilityChange(visibility));
  }
  /** Gives this contact the access levels that are named: he sees what the own profile shows to one of them. */
  setProfileAccessLevels(levels?: unknown): number {
    if (this.isGroup() || this.isSelfProfile()) return this.refuse('Giving access levels to this profile');
    const { context } = this[internal];
    const wanted = Array.isArray(levels) ? levels.map(Number) : [];
    this[internal].isContact = true;
    context
      .whenClient()
      .then(({ contacts }) => contacts.setLevels(this.address, wanted))
      .catch((error) => context.fail(error));
    return MESIBO_RESULT_OK;
  }
  /** Of the own profile: who sees `name` ("status", "image", "online", "lastseen" or a value): contacts with that level; 0: everybody. */
  setAccessLevel(name: string, level: number): number {
    if (!Number.isInteger(level) || level < 0 || level > limits.accessLevel) return MESIBO_RESULT_BADREQ;
    return this.change(accessLevelChange(String(name), level, this.getValue(name)));
  }
  /** Of the own profile: everything is for everybody. */
  resetAccessLevels(): number {
    const values = this.getValues();
    return this.change(withoutAccessLevels(Object.entries(values)));
  }
  /** Changes are told to others at once; MESIBO_SYNCTYPE_REALTIME is what there is. */
  setSyncType(type: number): number {
    return type === MESIBO_SYNCTYPE_REALTIME ? MESIBO_RESULT_OK : this.refuse('Telling of changes later');
  }
  subscribeTransient(_type?: number, _activity?: number, _duration?: number): number {
    return this.refuse('Subscribing to passing messages');
  }
  requestProfileRemoval(): number {
    return this.refuse('Asking for the removal of a profile');
  }
  removeSyncedProfile(): number {
    return this.refuse('Removing a profile from the server');
  }
  isCallInProgress(): boolean {
    return this[internal].context.calls.with(this.address) !== undefined;
  }
  isVideoCallInProgress(): boolean {
    return this[internal].context.calls.with(this.address)?.isVideoCall() === true;
  }

  private change(change: ProfileChange): number {
    if (!this.isSelfProfile()) return this.refuse('Changing the profile of somebody else');
    this.publishChange(async () => change);
    return MESIBO_RESULT_OK;
  }

  private blockPart(part: BlockedPart, on: boolean): number {
    if (this.isGroup() || this.address === '') return this.refuse('Blocking a group');
    this.changeBlock(async (client) => {
      const nothing = { messages: false, calls: false, presence: false, profile: false, groups: false };
      const parts = { ...nothing, ...(await client.blockedParts(this.address)), [part]: on };
      const isBlocked = Object.values(parts).includes(true);
      await (isBlocked ? client.block(this.address, parts) : client.unblock(this.address));
    });
    return MESIBO_RESULT_OK;
  }

  /** One after the other. */
  private changeBlock(change: (client: Client) => Promise<void>): void {
    const { context, blocking } = this[internal];
    this[internal].blocking = blocking
      .then(() => context.whenClient())
      .then(change)
      .catch((error) => context.fail(error));
  }

  private isPartBlocked(part: BlockedPart): boolean {
    const { blockedParts, profiles } = this[internal];
    if (blockedParts === undefined && this.address !== '') profiles.learnBlocked(this.address);
    return blockedParts?.[part] ?? (part !== 'groups' && this.isMessageBlocked());
  }

  private refuse(what: string): number {
    return unsupported(this[internal].context, what);
  }
}
