import type { Bus } from '@stoa/bus';
import {
  msgpackCodec,
  type PresenceAudience,
  type PresenceMode,
  type ProfileFrame,
  type ProfileInfo,
  type ProfileSettings,
  type ProfileVisibility,
  StoaError,
} from '@stoa/protocol';
import type { FoundProfile, ProfileStore, UserStore } from '@stoa/storage';
import type { Blocking } from '../blocking/index.ts';
import type { Clock } from '../clock.ts';
import type { Directory, Person } from '../directory/index.ts';
import { type ProfileChanged, publishToUser, subjects } from '../events.ts';
import type { Attachments, FileLinks } from '../files/index.ts';
import type { TokenBuckets } from '../limits/index.ts';
import type { KeptPresence } from '../presence/index.ts';
import type { PublishUserChange } from '../users/index.ts';
import type { Contacts } from './contacts.ts';
import { changedDocument, type ProfileDocument, readDocument, writeDocument } from './document.ts';
import { hasSecrets, isVisible, profileView, type Relation, type SeenProfile } from './view.ts';

export interface ProfilesOptions {
  readonly store: ProfileStore;
  readonly users: Pick<UserStore, 'update'>;
  /** Whether all of these users, each named once, are members of the group now. */
  readonly areMembers: (gid: number, uids: readonly number[]) => Promise<boolean>;
  readonly directory: Pick<Directory, 'byAddress' | 'byUid' | 'forget'>;
  readonly blocking: Pick<Blocking, 'mayReach'>;
  readonly contacts: Contacts;
  readonly files: Pick<Attachments, 'keepPicture'>;
  readonly links: Pick<FileLinks, 'make'>;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly publish: PublishUserChange;
  /** By user: changes of his profile, searches, what he was told of others, and addresses of nobody that he asked for. */
  readonly changes: TokenBuckets;
  readonly searches: TokenBuckets;
  readonly told: TokenBuckets;
  readonly guesses: TokenBuckets;
}

/** Who asks. */
export interface Viewer {
  readonly aid: number;
  readonly uid: number;
  readonly address: string;
}

/** A user of an app whose profile is meant. */
export type ProfileOwner = Pick<Person, 'aid' | 'uid' | 'address' | 'name'>;

/** What users say of themselves, and who may see it. */
export class Profiles {
  readonly #options: ProfilesOptions;

  constructor(options: ProfilesOptions) {
    this.#options = options;
  }

  /** The own profile, with everything in it. */
  async own(uid: number): Promise<ProfileInfo> {
    const owner = await this.#options.directory.byUid(uid);
    if (owner === undefined) throw new StoaError('NOT_FOUND', 'There is no such user.');
    return this.#view(await this.#read(owner), 'self');
  }

  /**
   * Changes the own profile, and tells the user's other devices and those who watch him.
   *
   * @throws StoaError RATE_LIMITED, TOO_LARGE, TOO_MANY, NOT_FOUND (of the picture), UNSUPPORTED_TYPE, CONFLICT, or
   * PERMISSION_DENIED when presence is to be for a group that he does not belong to
   */
  async setOwn(viewer: Viewer & { readonly dev: number }, change: ProfileSettings): Promise<ProfileInfo> {
    count(this.#options.changes, viewer, 1);
    const owner = await this.#options.directory.byUid(viewer.uid);
    if (owner === undefined) throw new StoaError('NOT_FOUND', 'There is no such user.');
    return this.set(owner, change, viewer.dev);
  }

  /** Changes the profile of a user, in his name or in that of the app. */
  async set(owner: ProfileOwner, change: ProfileSettings, exceptDev?: number): Promise<ProfileInfo> {
    await this.#requirePicture(owner, change);
    for (const gid of groupsIn(change.visibility)) {
      if (await this.#options.areMembers(gid, [owner.uid])) continue;
      throw new StoaError('PERMISSION_DENIED', `The user is not a member of group ${gid}.`);
    }
    const name = change.name ?? owner.name;
    const isNamed = name !== owner.name;
    const isSaid = Object.keys(change).some((member) => member !== 'name');
    const seen = await this.#store({ ...owner, name }, change, isSaid);
    if (isNamed) {
      await this.#options.users.update(owner.uid, { name });
      this.#options.directory.forget(owner.uid);
    }
    const isPresence = change.visibility?.online !== undefined || change.visibility?.seen !== undefined;
    this.#tell(owner.uid, seen, { isNamed, isPresence }, exceptDev);
    if (change.presence !== undefined) {
      publishToUser(this.#options.bus, owner.uid, { type: 'presence-mode', presence: change.presence });
    }
    return this.#view(seen, 'self');
  }

  /** Profiles of others, but for those whose tag is known; rejects with RATE_LIMITED who asks for too many of nobody. */
  async get(
    viewer: Viewer,
    wanted: readonly { readonly user: string; readonly tag?: string }[],
  ): Promise<{ profiles: ProfileInfo[]; unknown: string[] }> {
    const { directory } = this.#options;
    const tags = new Map(wanted.map(({ user, tag }) => [user, tag]));
    const found: Person[] = [];
    const unknown: string[] = [];
    for (const address of tags.keys()) {
      const person = await directory.byAddress(viewer.aid, address);
      if (person !== undefined) found.push(person);
      else unknown.push(address);
    }
    const { guesses, told } = this.#options;
    count(guesses, viewer, unknown.length);
    const profiles = (await this.#seenBy(viewer, found)).filter(({ user, tag }) => tag !== tags.get(user));
    count(told, viewer, profiles.length);
    return { profiles, unknown };
  }

  /**
   * Users who let themselves be found, whose name begins with the text, and the one who has it as his address.
   *
   * @throws StoaError RATE_LIMITED
   */
  async search(
    viewer: Viewer,
    { query, limit, after }: { query: string; limit: number; after: FoundProfile | undefined },
  ): Promise<{ profiles: ProfileInfo[]; next: FoundProfile | undefined }> {
    const { directory, store, searches, told } = this.#options;
    count(searches, viewer, 1);
    const { aid } = viewer;
    const prefix = query.toLowerCase();
    const found = await store.search({ aid, prefix, limit, ...(after !== undefined && { after }) });
    const exact = after === undefined ? await directory.byAddress(aid, query) : undefined;
    const uids = found.map(({ uid }) => uid).filter((uid) => uid !== exact?.uid);
    const people = await Promise.all(uids.map((uid) => directory.byUid(uid)));
    const known = [exact, ...people].filter((person) => person !== undefined && person.uid !== viewer.uid);
    const visible: Person[] = [];
    for (const person of known) {
      const isHidden = person === undefined || (person !== exact && !(await this.#mayFind(person, viewer)));
      if (!isHidden) visible.push(person);
    }
    const profiles = await this.#seenBy(viewer, visible);
    count(told, viewer, profiles.length);
    return { profiles, next: found.length < limit ? undefined : found.at(-1) };
  }

  async #mayFind({ uid }: Person, { address }: Viewer): Promise<boolean> {
    return this.#options.blocking.mayReach(uid, address, 'profile');
  }

  async #seenBy(viewer: Viewer, people: readonly Person[]): Promise<ProfileInfo[]> {
    const records = await this.#options.store.find(people.map(({ uid }) => uid));
    const byUid = new Map(records.map((record) => [record.uid, record]));
    const profiles: ProfileInfo[] = [];
    for (const person of people) {
      const record = byUid.get(person.uid);
      const seen: SeenProfile = {
        ...person,
        version: record?.version ?? 0,
        document: record === undefined ? {} : readDocument(record.document),
      };
      const [relation = 'blocked'] = await this.#relations(person, seen.document, [viewer]);
      profiles.push(this.#view(seen, relation));
    }
    return profiles;
  }

  /** Makes the frames that tell each of these users of the profile as he may see it. */
  async framesFor(
    uid: number,
    viewers: readonly Pick<Viewer, 'address'>[],
  ): Promise<(ProfileFrame | undefined)[]> {
    const owner = await this.#options.directory.byUid(uid);
    if (owner === undefined || owner.removed) return [];
    const seen = await this.#read(owner);
    const relations = await this.#relations(owner, seen.document, viewers);
    // The same for all who are the same to the owner: it is made once.
    const frames = new Map<string, ProfileFrame>();
    return relations.map((relation) => {
      const name = JSON.stringify(relation);
      const frame = frames.get(name) ?? { t: 'profile' as const, profile: this.#view(seen, relation) };
      frames.set(name, frame);
      return frame;
    });
  }

  /** The user has other contacts: who watches him may see something else now. */
  async contactsChanged(uid: number): Promise<void> {
    const [record] = await this.#options.store.find([uid]);
    if (record === undefined || !hasSecrets(readDocument(record.document))) return;
    this.#tellWatchers(uid, true);
  }

  /** When the user wants to be seen online; undefined when he has not said. */
  async presenceMode(uid: number): Promise<PresenceMode | undefined> {
    const [record] = await this.#options.store.find([uid]);
    return record && readDocument(record.document).presence;
  }

  async hiddenPresence(uid: number, address: string): Promise<KeptPresence> {
    const { store, directory, contacts } = this.#options;
    const [record] = await store.find([uid]);
    const visibility = (record && readDocument(record.document).visibility) ?? {};
    const { online, seen } = visibility;
    if (isVisibleToAll(online) && isVisibleToAll(seen)) return { keeps: 'nothing', groups: [] };
    const groups = groupsIn(visibility);
    const owner = await directory.byUid(uid);
    if (owner === undefined) return { keeps: 'online', groups };
    if (owner.address === address) return { keeps: 'nothing', groups };
    const relation = relationOf((await contacts.among(uid, [address])).get(address));
    const shared = await this.#sharedGroups(groups, owner, address);
    const isShown = (to: PresenceAudience | undefined): boolean =>
      typeof to === 'object' ? shared.has(to.group) : isVisible(to, relation);
    if (!isShown(online)) return { keeps: 'online', groups };
    return { keeps: isShown(seen) ? 'nothing' : 'seen', groups };
  }

  /** Those of the groups to which both belong. */
  async #sharedGroups(
    groups: readonly number[],
    { aid, uid }: Person,
    address: string,
  ): Promise<ReadonlySet<number>> {
    const shared = new Set<number>();
    if (groups.length === 0) return shared;
    const other = await this.#options.directory.byAddress(aid, address);
    for (const gid of groups) {
      if (other !== undefined && (await this.#options.areMembers(gid, [uid, other.uid]))) shared.add(gid);
    }
    return shared;
  }

  async #relations(
    owner: ProfileOwner,
    document: ProfileDocument,
    viewers: readonly Pick<Viewer, 'address'>[],
  ): Promise<Relation[]> {
    const { blocking, contacts } = this.#options;
    const addresses = viewers.map(({ address }) => address);
    const known = hasSecrets(document) ? await contacts.among(owner.uid, addresses) : undefined;
    const relations: Relation[] = [];
    for (const address of addresses) {
      if (address === owner.address) relations.push('self');
      else if (!(await blocking.mayReach(owner.uid, address, 'profile'))) relations.push('blocked');
      else relations.push(relationOf(known?.get(address)));
    }
    return relations;
  }

  async #read(owner: ProfileOwner): Promise<SeenProfile> {
    const [record] = await this.#options.store.find([owner.uid]);
    const { address, name } = owner;
    if (record === undefined) return { address, name, version: 0, document: {} };
    return { address, name, version: record.version, document: readDocument(record.document) };
  }

  async #store(owner: ProfileOwner, change: ProfileSettings, isSaid: boolean): Promise<SeenProfile> {
    const { store, clock } = this.#options;
    for (let tries = 0; tries < triesAtMost; tries += 1) {
      const before = await this.#read(owner);
      const document = changedDocument(before.document, change);
      const isFound = document.searchable === true;
      if (!isSaid && !isFound) return before;
      const version = await store.put({
        uid: owner.uid,
        version: before.version,
        document: writeDocument(document),
        picture: document.picture?.id ?? null,
        search: isFound ? owner.name.toLowerCase() : null,
        checkAt: clock.now() + keptMs,
      });
      if (version !== undefined) return { ...before, version, document };
    }
    throw new StoaError('CONFLICT', 'The profile is being changed elsewhere, or its picture is gone.');
  }

  async #requirePicture({ aid, uid }: ProfileOwner, { picture }: ProfileSettings): Promise<void> {
    if (picture?.url !== undefined && !/^https?:\/\//i.test(picture.url)) {
      throw new StoaError('BAD_FRAME', 'The address of a picture must begin with "https://" or "http://".');
    }
    if (picture?.id !== undefined) await this.#options.files.keepPicture(aid, uid, picture.id);
  }

  #tell(
    uid: number,
    seen: SeenProfile,
    { isNamed, isPresence }: { isNamed: boolean; isPresence: boolean },
    exceptDev: number | undefined,
  ): void {
    const { bus, publish } = this.#options;
    const frame: ProfileFrame = { t: 'profile', profile: this.#view(seen, 'self') };
    const bytes = msgpackCodec.encode(frame) as Uint8Array;
    publishToUser(bus, uid, { type: 'frame', bytes, ...(exceptDev !== undefined && { exceptDev }) });
    // All nodes remember names; the rest concerns those alone where somebody watches.
    if (isNamed) publish({ type: 'user-changed', uid });
    if (!isNamed || isPresence) this.#tellWatchers(uid, isPresence);
  }

  #tellWatchers(uid: number, presence: boolean): void {
    const event: ProfileChanged = { type: 'profile-changed', presence };
    this.#options.bus.publish(subjects.presence(uid), event);
  }

  #view(seen: SeenProfile, relation: Relation): ProfileInfo {
    return profileView(seen, relation, (id) => this.#options.links.make({ id, name: 'picture' }).path);
  }
}

const isVisibleToAll = (to: PresenceAudience | undefined): boolean =>
  typeof to !== 'object' && isVisible(to, 'other');

/** For whose members a user is to be seen. */
function groupsIn({ online, seen }: ProfileVisibility = {}): number[] {
  const named = [online, seen].flatMap((audience) => (typeof audience === 'object' ? [audience.group] : []));
  return [...new Set(named)];
}

function relationOf(levels: readonly number[] | undefined): Relation {
  return levels === undefined ? 'other' : { contact: levels };
}

/** Takes so many tokens; what is left of a bucket is taken, too, by who asks for more. */
function count(bucket: TokenBuckets, { uid }: Viewer, tokens: number): void {
  let wait = 0;
  for (let token = 0; token < tokens; token += 1) wait = bucket.take(uid);
  if (wait > 0) throw new StoaError('RATE_LIMITED', undefined, { retryAfterMs: wait });
}

/** Changes of one profile that are made at the same time are repeated as often. */
const triesAtMost = 5;
/** A picture that is replaced is removed some time after this. */
const keptMs = 24 * 3_600_000;
