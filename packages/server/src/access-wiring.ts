import type { Bus } from '@stoa/bus';
import { StoaError } from '@stoa/protocol';
import type { Store } from '@stoa/storage';
import {
  Access,
  Failures,
  type OnlineAudience,
  pictureHeight,
  requireOperation,
  requireRoomForGroup,
  type Subject,
} from './access/index.ts';
import type { Clock } from './clock.ts';
import type { Directory } from './directory/index.ts';
import { type ProfileChanged, subjects } from './events.ts';
import { isMember } from './groups/index.ts';
import { iceServers } from './ice-servers.ts';
import { TokenBuckets } from './limits/index.ts';
import { OneAtATime } from './one-at-a-time.ts';
import type { AllowedSight } from './presence/index.ts';
import type { Rights, UserLimits } from './rooms/index.ts';
import type { Settings } from './settings/index.ts';
import type { OperationHandler } from './socket/operations.ts';

export interface AccessWiringOptions {
  readonly store: Pick<Store, 'access' | 'groups' | 'users' | 'values'>;
  readonly settings: Settings;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly onChanged: readonly (() => void)[];
  readonly onError: (error: unknown) => void;
}

interface CreatesGroups {
  readonly 'groups.create': OperationHandler<'groups.create'>;
}

/** Joins the rules that apps have for their users with the rest of a node. */
export async function startAccess(given: AccessWiringOptions) {
  const { store, settings, bus, clock, directory, ...options } = given;
  const { now } = clock;
  const access = new Access({
    ...options,
    onChanged: () => {
      for (const told of options.onChanged) told();
    },
    store: store.access,
    bus,
    clock,
    bucketsFor: ({ seconds, limit }) => new TokenBuckets({ capacity: limit, fillMs: seconds * 1_000, now }),
  });
  await access.open();
  /** Whether the user has this one among his contacts or favourites. */
  const knows = async (uid: number, peers: 'contacts' | 'favourites', address: string): Promise<boolean> => {
    const key = peers === 'contacts' ? `contact:${address}` : `favourite:peer/${address}`;
    return (await store.values.get(uid, key)) !== undefined;
  };
  /** Many groups that a user creates at once must not each find room for itself. */
  const creating = new OneAtATime<number>();
  /** What the app says of this user alone, whatever its rules are. */
  const requireRoomForOwn = async (uid: number): Promise<void> => {
    const { maxGroups = 0 } = (await store.users.find(uid)) ?? {};
    if (maxGroups === 0 || (await store.groups.countOwned(uid)) < maxGroups) return;
    throw new StoaError('TOO_MANY', `The user has ${maxGroups} groups of his own, as many as he may.`, {
      hint: 'Delete one of them first.',
    });
  };
  const isAmong = async (
    watched: Subject,
    audience: Exclude<OnlineAudience, 'all'>,
    { uid, address }: { readonly uid: number; readonly address: string },
  ): Promise<boolean> => {
    if (typeof audience === 'string') return knows(watched.uid, audience, address);
    const group = await store.groups.find(audience.gid);
    if (group?.aid !== watched.aid || group.deleted) return false;
    const member = await store.groups.member(group.gid, uid);
    return member !== undefined && isMember(member, now());
  };
  return {
    access,
    failures: new Failures({ access, clock, onError: options.onError }),
    serversFor: iceServers(settings, clock, access),
    /** Throws for an operation that the user may not ask for. */
    requireOperation: (subject: Subject, request: { readonly op: string; readonly body: unknown }) =>
      requireOperation(access, subject, request),
    /** The operations, of which the one that creates a group throws for a user who has as many as he may. */
    withRoomForGroups<Operations extends CreatesGroups>(operations: Operations): Operations {
      const create: CreatesGroups['groups.create'] = (caller, request) =>
        creating.run(caller.uid, async () => {
          await requireRoomForGroup(access, caller, (uid) => store.groups.countOfUser(uid));
          await requireRoomForOwn(caller.uid);
          return operations['groups.create'](caller, request);
        });
      return { ...operations, 'groups.create': create };
    },
    /** Whether the rules of the user let him exchange messages and calls with this one. */
    async mayMeet(subject: Subject, peer: string): Promise<boolean> {
      const { peers = 'all' } = (await access.rules(subject)) ?? {};
      return peers === 'all' || knows(subject.uid, peers, peer);
    },
    /** What is left of the rights that the group gives the user in its room. */
    async roomRights(subject: Subject, rights: Rights): Promise<Rights> {
      if (!access.restricts(subject.aid)) return rights;
      if (!(await access.may(subject, 'joinRoom'))) return new Set();
      const kinds = ['publishAudio', 'publishVideo', 'publishScreen'] as const;
      const allowed = await Promise.all(kinds.map((kind) => access.may(subject, kind)));
      const publishes = allowed.includes(true) && (await access.may(subject, 'publishInRoom'));
      return publishes ? rights : new Set([...rights].filter((right) => right !== 'publish'));
    },
    /** What the user may publish in rooms, and how long he may stay. */
    async roomLimits(subject: Subject): Promise<UserLimits> {
      const rules = await access.rules(subject);
      if (rules === undefined) return {};
      const height = pictureHeight(rules, 'publishInHd', 'publishInFullHd');
      return { height, longest: rules.roomMs || undefined };
    },
    /** Whether somebody of his app may see that the user is online, and when he was. */
    async maySee(uid: number, address: string): Promise<AllowedSight> {
      const watched = await directory.byUid(uid);
      if (watched === undefined || !access.restricts(watched.aid)) return { sees: true, groups: [] };
      const { onlineAudience = 'all' } = (await access.rules(watched)) ?? {};
      const groups = typeof onlineAudience === 'object' ? [onlineAudience.gid] : [];
      const watcher = await directory.byAddress(watched.aid, address);
      const hears = watcher === undefined || (await access.may(watcher, 'hearPresence'));
      if (!hears || !(await access.may(watched, 'beSeenOnline'))) return { sees: false, groups };
      if (onlineAudience !== 'all' && watched.address !== address) {
        const isOne = watcher !== undefined && (await isAmong(watched, onlineAudience, watcher));
        if (!isOne) return { sees: false, groups };
      }
      return { sees: (await access.may(watched, 'beSeenLast')) || 'online', groups };
    },
    /** Others are told when the user was online last in steps of so many milliseconds; 0 for exactly. */
    async seenStep(uid: number): Promise<number> {
      if (!access.any) return 0;
      const watched = await directory.byUid(uid);
      return (watched && (await access.rules(watched))?.lastSeenMs) ?? 0;
    },
    /** The user has other contacts or favourites: by the rules, others may see him now, or not any more. */
    contactsChanged(uid: number): void {
      if (!access.any) return;
      const changed: ProfileChanged = { type: 'profile-changed', presence: true };
      bus.publish(subjects.presence(uid), changed);
    },
    /** Throws when the user may not upload now. */
    async requireUpload(subject: Subject): Promise<void> {
      if (!access.restricts(subject.aid)) return;
      await access.require(subject, 'upload');
      await access.count(subject, 'upload');
    },
    /** Bytes that a file of the user may have, where his app allows `bytes`. */
    async fileBytes(subject: Subject, bytes: number): Promise<number> {
      const own = (await access.rules(subject))?.fileBytes ?? 0;
      return own === 0 ? bytes : Math.min(own, bytes);
    },
  };
}
