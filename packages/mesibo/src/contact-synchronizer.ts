import { MESIBO_RESULT_OK } from './constants/result.ts';
import { sharedContext } from './context.ts';

/**
 * Adds contacts: those of the addresses that belong to users, on all devices of this user.
 *
 * @example
 * const contacts = new MesiboContactSynchronizer();
 * contacts.setContact(true);
 * contacts.sync(['18005551234'], true);
 */
export class MesiboContactSynchronizer {
  private static autoSync = false;
  private marksContact = true;
  private subscribes = false;
  private levels: readonly number[] = [];

  static isAutoSyncEnabled(): boolean {
    return MesiboContactSynchronizer.autoSync;
  }
  static enableAutoSync(on: boolean): void {
    MesiboContactSynchronizer.autoSync = on;
  }

  setContact(on: boolean): void {
    this.marksContact = on;
  }
  subscribe(on: boolean): void {
    this.subscribes = on;
  }
  /** What the contacts that are added from now on may see of the own profile. */
  setProfileAccessLevels(levels: readonly number[]): void {
    this.levels = levels;
  }

  sync(addresses: string | readonly string[], _now = true): number {
    const { profiles } = sharedContext();
    for (const address of typeof addresses === 'string' ? [addresses] : addresses) {
      const profile = profiles.user(address);
      if (!this.marksContact) profile.setContact(false);
      profile.subscribe(this.subscribes);
      profile.save();
    }
    if (this.marksContact) this.synchronise(typeof addresses === 'string' ? [addresses] : addresses);
    return MESIBO_RESULT_OK;
  }
  syncAsUpdate(addresses: string | readonly string[], now = true): number {
    return this.sync(addresses, now);
  }
  syncNow(): number {
    return MESIBO_RESULT_OK;
  }

  /** Those who are users become contacts, which Mesibo_onProfileUpdated tells. */
  private synchronise(addresses: readonly string[]): void {
    const context = sharedContext();
    context
      .whenClient()
      .then(async (client) => {
        const { found } = await client.contacts.sync(addresses);
        for (const profile of found) {
          if (this.levels.length > 0) await client.contacts.setLevels(profile.user, this.levels);
          context.profiles.told(profile);
        }
      })
      .catch((error) => context.fail(error));
  }
}
