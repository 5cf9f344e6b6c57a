import {
  type BlockedParts,
  type Client,
  conversationId,
  type Group,
  type Profile,
  type ProfileChange,
} from '@stoa/client';
import { MESIBO_RESULT_OK } from '../constants/result.ts';
import type { Context } from '../context.ts';
import { internal, setInternal } from '../internal.ts';
import { callOn } from '../listeners.ts';
import { PresenceState } from '../presence/presence-state.ts';
import { unsupported } from '../unsupported.ts';
import { PictureLink } from './picture-link.ts';
import type { MesiboProfile } from './profile.ts';
import { MesiboProfileImage } from './profile-image.ts';
import { publishedChange, toldValue, toldValues, withoutPublished } from './profile-publishing.ts';
import {
  type Arrangement,
  type ProfileValue,
  parseSavedProfile,
  type SavedProfile,
} from './profile-values.ts';
import type { Profiles } from './profiles.ts';

export interface ProfileInternals {
  readonly context: Context;
  readonly profiles: Profiles;
  readonly presence: PresenceState;
  readonly image: MesiboProfileImage;
  readonly listeners: Set<object>;
  saved: SavedProfile;
  /** The name that the server knows. */
  serverName: string;
  /** What Mesibo_onGetProfileName answered; undefined while it was not asked. */
  shownName: string | undefined;
  /** The same of Mesibo_onGetProfileImage. */
  shownImage: string | undefined;
  temporaryName: string;
  /** What the user says of himself, as the server tells it. */
  told: Profile | undefined;
  isContact: boolean;
  /** What is kept from the user; undefined while it is not known. */
  blockedParts: BlockedParts | undefined;
  /** The last change of it that was begun: each goes on from the one before. */
  blocking: Promise<void>;
  draft: string;
  isMarkedUnread: boolean;
  readonly arranged: Record<Arrangement, boolean>;
  unread: number;
  /** When the last message came or went, in milliseconds since 1970. */
  recentAt: number;
  /** When setRecent() was called. */
  madeRecentAt: number;
  userData: unknown;
  /** What is known of a group of which the user is a member. */
  group: Group | undefined;
  /** False: a group that the user is known not to be in. */
  isActive: boolean;
  /** Where the list of members goes on that the application reads. */
  membersCursor: string | undefined;
  membersEnded: boolean;
}

/**
 * Names and values of a user or group: as the server tells them, over which lies what save() keeps on this device. What is
 * set of the own profile is published. All reading is synchronous and cheap.
 */
export abstract class ProfileData {
  declare readonly [internal]: ProfileInternals;

  /** Empty for a group. */
  address: string;
  /** 0 for a user. */
  readonly groupid: number;
  name = '';

  constructor(context: Context, profiles: Profiles, address: string, groupid: number) {
    this.address = address;
    this.groupid = groupid;
    const link = new PictureLink(context, () => profiles.changed(this.asProfile()));
    setInternal(this, {
      context,
      profiles,
      presence: new PresenceState(),
      image: new MesiboProfileImage(() => link.held(this.imageUrl())),
      listeners: new Set(),
      saved: parseSavedProfile(context.keys.get(keyOf(this))),
      serverName: '',
      shownName: undefined,
      shownImage: undefined,
      temporaryName: '',
      told: undefined,
      isContact: false,
      blockedParts: undefined,
      blocking: Promise.resolve(),
      draft: '',
      isMarkedUnread: false,
      arranged: { archived: false, favourite: false, hidden: false, muted: false },
      unread: 0,
      recentAt: 0,
      madeRecentAt: 0,
      userData: undefined,
      group: undefined,
      isActive: true,
      membersCursor: undefined,
      membersEnded: false,
    } satisfies ProfileInternals);
    this.refreshName();
  }

  getAddress(): string {
    return this.address;
  }
  getGroupId(): number {
    return this.groupid;
  }
  isGroup(): boolean {
    return this.groupid > 0;
  }
  isSelfProfile(): boolean {
    const { self } = this[internal].profiles;
    return (
      self === this.asProfile() || (!this.isGroup() && this.address !== '' && this.address === self.address)
    );
  }

  getName(): string {
    return this.name;
  }
  /** The name, else what Mesibo_onGetProfileName says, else the address (of a group: its number). */
  getNameOrAddress(fallback = ''): string {
    return (
      this.name || this.askForName() || this.address || (this.isGroup() ? `Group ${this.groupid}` : fallback)
    );
  }
  getFirstName(): string {
    return this.name.split(' ', 1)[0] ?? '';
  }
  getFirstNameOrAddress(fallback = ''): string {
    return this.getFirstName() || this.getNameOrAddress(fallback);
  }
  setName(name: string): void {
    this[internal].saved.name = String(name);
    this.refreshName();
  }
  /** Shown until the name is known. */
  setTemporaryName(name: string): void {
    this[internal].temporaryName = String(name);
    this.refreshName();
  }
  /** Shown instead of the name. */
  setOverrideName(name: string): void {
    this[internal].saved.overrideName = String(name);
    this.refreshName();
  }
  getStatus(): string {
    return this.getString('status');
  }
  setStatus(status: string): void {
    this.setString('status', status);
  }

  /** `level`, of the own profile: only contacts with this access level see the value; 0: everybody. */
  setString(name: string, value: string, level?: number): void {
    this.setValue(name, String(value), level);
  }
  setLong(name: string, value: number, level?: number): void {
    this.setValue(name, Number(value), level);
  }
  setInt(name: string, value: number, level?: number): void {
    this.setValue(name, Number(value), level);
  }
  setDouble(name: string, value: number, level?: number): void {
    this.setValue(name, Number(value), level);
  }
  setBoolean(name: string, value: boolean, level?: number): void {
    this.setValue(name, Boolean(value), level);
  }
  getString(name: string, fallback = ''): string {
    const value = this.getValue(name);
    return typeof value === 'string' ? value : fallback;
  }
  getLong(name: string, fallback = 0): number {
    const value = this.getValue(name);
    return typeof value === 'number' ? value : fallback;
  }
  getInt(name: string, fallback = 0): number {
    return this.getLong(name, fallback);
  }
  getDouble(name: string, fallback = 0): number {
    return this.getLong(name, fallback);
  }
  getBoolean(name: string, fallback = false): boolean {
    const value = this.getValue(name);
    return typeof value === 'boolean' ? value : fallback;
  }
  getValue(name: string): ProfileValue | undefined {
    const { saved, told, group } = this[internal];
    return saved.values?.[name] ?? (name === 'status' ? group?.status : undefined) ?? toldValue(told, name);
  }
  /** A copy. */
  getValues(): Record<string, ProfileValue> {
    return { ...toldValues(this[internal].told), ...this[internal].saved.values };
  }
  hasValue(name: string): boolean {
    return this.getValue(name) !== undefined;
  }

  /** Kept on all devices of the user, for the conversation with this user or group. */
  setDraft(text: string): void {
    const { context } = this[internal];
    this[internal].draft = String(text);
    const target = this.isGroup() ? { gid: this.groupid } : { peer: this.address };
    context
      .whenClient()
      .then((client) => client.setDraft(target, { text: this[internal].draft }))
      .catch((error) => context.fail(error));
  }
  getDraft(): string {
    return this[internal].draft;
  }
  setUserData(data: unknown): void {
    this[internal].userData = data;
  }
  getUserData(): unknown {
    return this[internal].userData;
  }

  getImage(_index = 0): MesiboProfileImage {
    return this[internal].image;
  }
  getThumbnail(): string {
    return this[internal].image.getThumbnail();
  }
  getImageOrThumbnail(): string {
    return this[internal].image.getImageOrThumbnail();
  }
  /** Pictures are loaded when they are shown. */
  prefetchImages(): void {}
  setImageUrl(url: string, _index = 0): void {
    this[internal].saved.image = url;
  }

  addListener(listener: object): void {
    this[internal].listeners.add(listener);
  }
  removeListener(listener: object): void {
    this[internal].listeners.delete(listener);
  }

  /** Keeps the profile on this device; the own one, and that of a group that the user may modify, is published. */
  save(): number {
    this.store();
    this[internal].profiles.changed(this.asProfile());
    return this.mayPublish() ? this.publish() : MESIBO_RESULT_OK;
  }
  /** Tells others of the own profile: name, picture and values. MesiboProfile_onPublish says whether it was done. */
  publish(): number {
    if (!this.isSelfProfile())
      return unsupported(this[internal].context, 'Publishing the profile of somebody else');
    let sent: SavedProfile = {};
    this.publishChange(
      async () => {
        sent = structuredClone(this[internal].saved);
        return publishedChange(sent);
      },
      () => this.published(sent),
    );
    return MESIBO_RESULT_OK;
  }

  protected mayPublish(): boolean {
    return this.isSelfProfile();
  }

  /** From now on that is as the server says: another device may change it. What was changed meanwhile is kept. */
  protected published(sent: SavedProfile): void {
    this[internal].saved = withoutPublished(this[internal].saved, sent);
    this.store();
    this.refreshName();
  }

  /** Changes the own profile at the server. */
  protected publishChange(change: (client: Client) => Promise<ProfileChange>, onDone = (): void => {}): void {
    this.publishBy(async (client) => {
      const profile = await client.profiles.update(await change(client));
      onDone();
      this[internal].profiles.told(profile);
    });
  }

  /** Tells the listeners of the profile whether it could be done. */
  protected publishBy(work: (client: Client) => Promise<void>): void {
    const { context, listeners } = this[internal];
    const told = (isDone: boolean): void => {
      for (const listener of listeners) callOn(listener, 'MesiboProfile_onPublish', [this, isDone]);
    };
    context
      .whenClient()
      .then(work)
      .then(() => told(true))
      .catch((error) => {
        context.fail(error);
        told(false);
      });
  }
  /** Tells listeners that something of it was changed. */
  broadcastChanges(): void {
    this[internal].profiles.changed(this.asProfile());
  }
  /** Forgets what was not saved. */
  reload(): void {
    this[internal].saved = parseSavedProfile(this[internal].context.keys.get(keyOf(this)));
    this.refreshName();
  }
  reset(): void {
    this.reload();
  }
  remove(): number {
    this[internal].context.keys.delete(keyOf(this));
    this.reload();
    return MESIBO_RESULT_OK;
  }
  removeLocalProfile(): number {
    return this.remove();
  }

  /** Forgets everything that was known of it. */
  forget(): void {
    Object.assign(this[internal], {
      saved: {},
      serverName: '',
      temporaryName: '',
      told: undefined,
      isContact: false,
      blockedParts: undefined,
      draft: '',
      isMarkedUnread: false,
      arranged: { archived: false, favourite: false, hidden: false, muted: false },
      unread: 0,
      recentAt: 0,
      madeRecentAt: 0,
    });
    this[internal].presence.forget();
    this.refreshName();
  }

  /** Adds what is saved to what was set before the database was known. */
  addSaved(): void {
    const state = this[internal];
    state.saved = { ...parseSavedProfile(state.context.keys.get(keyOf(this))), ...state.saved };
    this.refreshName();
  }

  /** Recomputes `name` after one of its sources changed. */
  refreshName(): void {
    const { saved, serverName, temporaryName, profiles } = this[internal];
    this[internal].shownName = undefined;
    const name = saved.overrideName || saved.name || serverName || temporaryName;
    if (name === this.name) return;
    this.name = name;
    profiles.reorder();
  }

  protected abstract asProfile(): MesiboProfile;

  private setValue(name: string, value: ProfileValue, level?: number): void {
    const { saved } = this[internal];
    saved.values = { ...saved.values, [name]: value };
    if (level !== undefined) saved.levels = { ...saved.levels, [name]: Number(level) };
  }

  private store(): void {
    this[internal].context.keys.set(keyOf(this), JSON.stringify(this[internal].saved));
  }

  private imageUrl(): string {
    const state = this[internal];
    const known = state.saved.image || (this.isGroup() ? state.group?.image : state.told?.picture?.url);
    if (known) return known;
    if (state.shownImage === undefined && state.context.listeners.has('GetProfileImage')) {
      state.shownImage = String(state.context.listeners.ask('GetProfileImage', this.asProfile()) ?? '');
    }
    return state.shownImage ?? '';
  }

  private askForName(): string {
    const state = this[internal];
    if (state.shownName === undefined && state.context.listeners.has('GetProfileName')) {
      state.shownName = String(state.context.listeners.ask('GetProfileName', this.asProfile()) ?? '');
    }
    return state.shownName ?? '';
  }
}

function keyOf(profile: ProfileData): string {
  const target = profile.groupid > 0 ? { gid: profile.groupid } : { peer: profile.address };
  return `profile:${conversationId(target)}`;
}
