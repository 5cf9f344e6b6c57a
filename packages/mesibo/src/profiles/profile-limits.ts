import { MESIBO_RESULT_OK } from '../constants/result.ts';
import { internal } from '../internal.ts';
import { unsupported } from '../unsupported.ts';
import { ProfileData } from './profile-data.ts';

/**
 * Blocking, and what the server cannot do yet for a user or group, such as pictures. Every such call is refused: it
 * returns a failure, and Mesibo_onError says why.
 */
export abstract class ProfileLimits extends ProfileData {
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
}
