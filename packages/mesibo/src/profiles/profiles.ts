import { conversationId, type LocalConversation, type Profile, type Self, targetOf } from '@stoa/client';
import { limits } from '@stoa/protocol';
import type { Context } from '../context.ts';
import { internal } from '../internal.ts';
import { callOn } from '../listeners.ts';
import { MesiboProfile } from './profile.ts';

/** Where the own address and name are kept, so that they are known before the connection is up. */
const selfKey = 'self';

const addressPattern = new RegExp(`^[^\\p{Cc}\\p{Cs}]{1,${limits.addressLength}}$`, 'u');

/** The profiles of one instance: one object per user and group, for as long as the instance lives. */
export class Profiles {
  private readonly context: Context;
  private readonly byId = new Map<string, MesiboProfile>();
  /** Users whose presence is to be watched as soon as there is a client. */
  private unwatched: string[] = [];
  private watched = 0;
  private sorted: MesiboProfile[] | undefined;
  /** When something became known of somebody, in milliseconds since 1970; 0: not yet. */
  changedAt = 0;
  /** Groups that the user is not in any more are left out of groups(). */
  hidesInactiveGroups = false;
  /** The signed-in user; its address is empty until it is known. */
  readonly self: MesiboProfile;

  constructor(context: Context) {
    this.context = context;
    this.self = new MesiboProfile(context, this, '', 0);
  }

  user(address: string): MesiboProfile {
    if (address !== '' && address === this.self.address) return this.self;
    return this.getOrMake(address, 0);
  }

  group(gid: number): MesiboProfile {
    return this.getOrMake('', gid);
  }

  find(address: string | null | undefined, gid = 0): MesiboProfile | undefined {
    if (gid === 0 && address && address === this.self.address) return this.self;
    return this.byId.get(conversationId(gid > 0 ? { gid } : { peer: address ?? '' }));
  }

  /** Everybody but the user himself, by name; the same array until something changes. */
  all(): MesiboProfile[] {
    this.sorted ??= [...this.byId.values()]
      .filter((profile) => !profile.isSelfProfile() && !profile.isHidden())
      .sort((a, b) => a.getNameOrAddress().localeCompare(b.getNameOrAddress()));
    return this.sorted;
  }

  groups(): MesiboProfile[] {
    return this.all().filter(
      (profile) => profile.isGroup() && !(this.hidesInactiveGroups && !profile.isActive()),
    );
  }

  /** What the server says of which groups the user is in: all others are not active. */
  activeGroups(gids: ReadonlySet<number>): void {
    for (const profile of this.byId.values()) {
      if (profile.isGroup()) profile[internal].isActive = gids.has(profile.groupid);
    }
  }

  /** Who last wrote or was written to comes first. */
  recent(): MesiboProfile[] {
    const at = (profile: MesiboProfile): number =>
      Math.max(profile[internal].recentAt, profile[internal].madeRecentAt);
    return this.all()
      .filter((profile) => at(profile) > 0)
      .sort((a, b) => at(b) - at(a));
  }

  /** The order of all() may have changed. */
  reorder(): void {
    this.sorted = undefined;
  }

  /** Asks the application again for names and images that it makes up. */
  resetCustomizations(): void {
    for (const profile of this.byId.values()) {
      profile[internal].shownName = undefined;
      profile[internal].shownImage = undefined;
    }
    this.reorder();
  }

  changed(profile: MesiboProfile): void {
    this.changedAt = Date.now();
    this.reorder();
    for (const listener of profile[internal].listeners) callOn(listener, 'MesiboProfile_onUpdate', [profile]);
    this.context.listeners.notify('ProfileUpdated', profile);
  }

  conversationChanged(conversation: LocalConversation): void {
    const target = targetOf(conversation.id);
    const profile = 'gid' in target ? this.group(target.gid) : this.user(target.peer);
    const state = profile[internal];
    state.unread = conversation.unread;
    state.draft = conversation.draft?.text ?? '';
    state.isMarkedUnread = conversation.markedUnread;
    this.arranged(profile, conversation);
    state.recentAt = conversation.latest?.ts ?? state.recentAt;
    this.named(profile, conversation.name);
  }

  private arranged(profile: MesiboProfile, conversation: LocalConversation): void {
    const { arranged } = profile[internal];
    const { archived, favourite, hidden, mutedUntil } = conversation;
    const muted = mutedUntil !== undefined && (mutedUntil === 0 || mutedUntil > Date.now());
    const before = JSON.stringify(arranged);
    Object.assign(arranged, { archived, favourite, hidden, muted });
    if (before !== JSON.stringify(arranged)) this.changed(profile);
  }

  /** The server knows the user or group by this name. */
  named(profile: MesiboProfile, name: string): void {
    const state = profile[internal];
    if (state.serverName === name) return;
    state.serverName = name;
    profile.refreshName();
    this.changed(profile);
  }

  /** The user has blocked somebody, or parts of what he does, or not any more. */
  blockChanged(address: string): void {
    this.learnBlocked(address);
  }

  /** Finds out what is kept from a user. */
  learnBlocked(address: string): void {
    const profile = this.user(address);
    const nothing = { messages: false, calls: false, presence: false, profile: false };
    this.context
      .whenClient()
      .then(async (client) => {
        profile[internal].blockedParts = (await client.blockedParts(address)) ?? nothing;
        this.changed(profile);
      })
      .catch((error) => this.context.fail(error));
  }

  /** What a user says of himself. */
  told(told: Profile): void {
    const profile = this.find(told.user);
    if (profile === undefined) return;
    profile[internal].told = told;
    const isRenamed = profile[internal].serverName !== told.name;
    this.named(profile, told.name);
    if (!isRenamed) this.changed(profile);
  }

  contactChanged(address: string, isContact: boolean): void {
    const profile = this.user(address);
    if (profile[internal].isContact === isContact) return;
    profile[internal].isContact = isContact;
    this.changed(profile);
  }

  /** Nobody's presence is known while there is no connection. */
  forgetPresence(): void {
    for (const profile of this.byId.values()) profile[internal].presence.forget();
  }

  /** Reads what is kept in the database that is used from now on: profiles, and who the user was. */
  databaseChanged(): void {
    for (const profile of this.byId.values()) profile.addSaved();
    const [address, name] = (this.context.keys.get(selfKey) ?? '').split('\n');
    if (address) this.becomeSelf(address, name ?? '');
  }

  /** Another user signs in: he shall not see what the one before kept of others. */
  clear(): void {
    this.byId.clear();
    this.unwatched = [];
    this.watched = 0;
    this.self.address = '';
    this.self.forget();
    this.reorder();
  }

  signedIn(self: Self): void {
    const known = `${self.address}\n${self.name}`;
    if (this.context.keys.get(selfKey) !== known) this.context.keys.set(selfKey, known);
    if (this.becomeSelf(self.address, self.name)) this.changed(this.self);
    this.learnSelf();
  }

  /** What the user says of himself, which another device may have changed. */
  private learnSelf(): void {
    this.context
      .whenClient()
      .then((client) => client.profiles.own())
      .then((own) => own !== undefined && this.told(own))
      .catch((error) => this.context.failOnline(error));
  }

  /** Begins to watch the presence of everybody that the application has got a profile of. */
  watchAll(): void {
    const { client } = this.context;
    if (client === undefined || this.unwatched.length === 0) return;
    client.watch(this.unwatched);
    client.profiles.get(this.unwatched).then(
      (known) => {
        for (const profile of known) this.told(profile);
      },
      (error) => this.context.fail(error),
    );
    this.unwatched = [];
  }

  private becomeSelf(address: string, name: string): boolean {
    const { self } = this;
    if (self.address === address && self[internal].serverName === name) return false;
    self.address = address;
    self[internal].serverName = name;
    self.addSaved();
    return true;
  }

  private getOrMake(address: string, gid: number): MesiboProfile {
    const id = conversationId(gid > 0 ? { gid } : { peer: address });
    const known = this.byId.get(id);
    if (known !== undefined) return known;
    const profile = new MesiboProfile(this.context, this, address, gid);
    this.byId.set(id, profile);
    this.reorder();
    if (gid === 0 && address !== '') this.watch(address);
    this.context.listeners.ask('CustomizeProfile', profile);
    return profile;
  }

  /** Profiles are often made in loops: one request for all that are made in one go. */
  private watch(address: string): void {
    // One bad address, or one too many, would have the whole request refused.
    if (!addressPattern.test(address) || this.watched === limits.watchPerSession) return;
    this.watched++;
    this.unwatched.push(address);
    if (this.unwatched.length === 1) queueMicrotask(() => this.watchAll());
  }
}
