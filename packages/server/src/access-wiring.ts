import type { Bus } from '@stoa/bus';
import type { Store } from '@stoa/storage';
import { Access, requireOperation, type Subject } from './access/index.ts';
import type { Clock } from './clock.ts';
import type { Directory } from './directory/index.ts';
import { TokenBuckets } from './limits/index.ts';
import type { Rights } from './rooms/index.ts';

export interface AccessWiringOptions {
  readonly store: Pick<Store, 'access' | 'groups' | 'values'>;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly onChanged: readonly (() => void)[];
  readonly onError: (error: unknown) => void;
}

/** Joins the rules that apps have for their users with the rest of a node. */
export async function startAccess({ store, bus, clock, directory, ...options }: AccessWiringOptions) {
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
  return {
    access,
    /** Throws for an operation that the user may not ask for. */
    requireOperation: (subject: Subject, request: { readonly op: string; readonly body: unknown }) =>
      requireOperation(access, subject, request, (uid) => store.groups.countOfUser(uid)),
    /** Whether the rules of the user let him exchange messages and calls with this one. */
    async mayMeet(subject: Subject, peer: string): Promise<boolean> {
      const { peers = 'all' } = (await access.rules(subject)) ?? {};
      if (peers === 'all') return true;
      const key = peers === 'contacts' ? `contact:${peer}` : `favourite:peer/${peer}`;
      return (await store.values.get(subject.uid, key)) !== undefined;
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
    /** Whether somebody of his app may see that the user is online, and when he was: `online` for the former alone. */
    async maySee(uid: number, address: string): Promise<boolean | 'online'> {
      const watched = await directory.byUid(uid);
      if (watched === undefined || !access.restricts(watched.aid)) return true;
      const watcher = await directory.byAddress(watched.aid, address);
      const hears = watcher === undefined || (await access.may(watcher, 'hearPresence'));
      if (!hears || !(await access.may(watched, 'beSeenOnline'))) return false;
      return (await access.may(watched, 'beSeenLast')) || 'online';
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
