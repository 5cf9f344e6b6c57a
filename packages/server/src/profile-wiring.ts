import type { Bus } from '@stoa/bus';
import type { Store } from '@stoa/storage';
import type { Blocking } from './blocking/index.ts';
import type { Clock } from './clock.ts';
import type { Directory } from './directory/index.ts';
import type { Files } from './files/index.ts';
import { isMember } from './groups/index.ts';
import { TokenBuckets } from './limits/index.ts';
import type { WatcherGroup } from './presence/index.ts';
import { Contacts, Profiles, profileOperations } from './profiles/index.ts';
import type { PublishUserChange } from './users/index.ts';

export interface ProfileWiringOptions {
  readonly store: Pick<Store, 'groups' | 'profiles' | 'users' | 'values'>;
  readonly directory: Directory;
  readonly blocking: Blocking;
  readonly files: Pick<Files, 'attachments' | 'links'>;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly publish: PublishUserChange;
  readonly onError?: (error: unknown) => void;
}

/** Joins profiles with the rest of a node. */
export function buildProfiles({ store, files, onError = () => {}, ...rest }: ProfileWiringOptions) {
  const { now } = rest.clock;
  const profiles = new Profiles({
    ...rest,
    store: store.profiles,
    users: store.users,
    areMembers: async (gid, uids) => {
      const members = await store.groups.membersAmong(gid, uids);
      return uids.length === members.filter((member) => isMember(member, now())).length;
    },
    contacts: new Contacts(store.values),
    files: files.attachments,
    links: files.links,
    changes: new TokenBuckets({ capacity: changesAtOnce, fillMs: 60_000, now }),
    searches: new TokenBuckets({ capacity: searchesAtOnce, fillMs: 60_000, now }),
    told: new TokenBuckets({ capacity: toldADay, fillMs: 24 * 3_600_000, now }),
    guesses: new TokenBuckets({ capacity: guessesADay, fillMs: 24 * 3_600_000, now }),
  });

  /** Tells those who watch a user of his profile, as each may see it. */
  async function tell({ uid, watchers }: WatcherGroup): Promise<void> {
    const told = [...watchers];
    const frames = await profiles.framesFor(uid, told);
    for (const [index, watcher] of told.entries()) {
      const frame = frames[index];
      if (frame !== undefined && watchers.has(watcher)) watcher.write(frame);
    }
  }

  return {
    profiles,
    /** What presence asks of profiles. */
    presence: {
      hidden: (uid: number, address: string) => profiles.hiddenPresence(uid, address),
      onProfileChanged: (group: WatcherGroup): Promise<void> => tell(group).catch(onError),
    },
    contactsChanged: (uid: number): void => {
      profiles.contactsChanged(uid).catch(onError);
    },
    presenceMode: (uid: number) => profiles.presenceMode(uid),
    operations: profileOperations(profiles),
  };
}

/** Changes of his profile that a user may make in a minute. */
const changesAtOnce = 20;
/** Searches for users that a user may make in a minute: one for each few letters typed. */
const searchesAtOnce = 60;
/** Profiles, new or changed, that a user may be told in a day when he asks. */
const toldADay = 10_000;
/** Addresses of nobody that a user may ask for in a day: an address book holds some, a search for users very many. */
const guessesADay = 2_000;
