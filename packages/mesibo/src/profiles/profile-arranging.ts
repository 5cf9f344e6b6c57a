import { internal } from '../internal.ts';
import { ProfileData } from './profile-data.ts';
import type { Arrangement, ProfileMark } from './profile-values.ts';

/** How the user arranges his conversations; but for setPrivate() and setRecent(), the same on all of his devices. */
export abstract class ProfileArranging extends ProfileData {
  favorite(on = true): void {
    this.arrange('favourite', on);
  }
  toggleFavorite(): void {
    this.favorite(!this.isFavorite());
  }
  isFavorite(): boolean {
    return this.isArranged('favourite');
  }
  archive(on = true): void {
    this.arrange('archived', on);
  }
  toggleArchive(): void {
    this.archive(!this.isArchived());
  }
  isArchived(): boolean {
    return this.isArranged('archived');
  }
  setHidden(on: boolean): void {
    this.arrange('hidden', on);
  }
  toggleHidden(): void {
    this.setHidden(!this.isHidden());
  }
  isHidden(): boolean {
    return this.isArranged('hidden');
  }
  setMuted(on: boolean): void {
    this.arrange('muted', on);
  }
  toggleMuted(): void {
    this.setMuted(!this.isMuted());
  }
  toggleMute(): void {
    this.toggleMuted();
  }
  isMuted(): boolean {
    return this.isArranged('muted');
  }
  setPrivate(on: boolean): void {
    this.mark('private', on);
  }
  isPrivate(): boolean {
    return this.isMarked('private');
  }
  /** Comes first in getRecentProfiles(), until there are newer messages elsewhere. */
  setRecent(): void {
    this[internal].madeRecentAt = Date.now();
  }

  /** On all devices of the user. */
  arrange(what: Arrangement, on: boolean): void {
    const { context, arranged, profiles } = this[internal];
    if (!this.isGroup() && this.address === '') return;
    arranged[what] = on;
    profiles.reorder();
    const target = this.isGroup() ? { gid: this.groupid } : { peer: this.address };
    context
      .whenClient()
      .then((client) => {
        if (what !== 'muted') return client.setMark(what, target, on);
        return on ? client.mute(target) : client.unmute(target);
      })
      .catch((error) => context.fail(error));
  }
  isArranged(what: Arrangement): boolean {
    return this[internal].arranged[what];
  }

  mark(mark: ProfileMark, on: boolean): void {
    const { saved } = this[internal];
    saved.marks = { ...saved.marks, [mark]: on };
  }
  isMarked(mark: ProfileMark): boolean {
    return this[internal].saved.marks?.[mark] ?? false;
  }
}
