import type { Bus } from '@stoa/bus';
import type { Store } from '@stoa/storage';
import { Access, requireOperation, type Subject } from './access/index.ts';
import type { Clock } from './clock.ts';
import type { Directory } from './directory/index.ts';
import { TokenBuckets } from './limits/index.ts';

export interface AccessWiringOptions {
  readonly store: Pick<Store, 'access' | 'groups'>;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly onChanged: () => void;
  readonly onError: (error: unknown) => void;
}

/** Joins the rules that apps have for their users with the rest of a node. */
export async function startAccess({ store, bus, clock, directory, ...options }: AccessWiringOptions) {
  const { now } = clock;
  const access = new Access({
    ...options,
    store: store.access,
    bus,
    clock,
    bucketsFor: ({ seconds, limit }) => new TokenBuckets({ capacity: limit, fillMs: seconds * 1_000, now }),
  });
  await access.open();
  return {
    access,
    /** Throws for an operation that the user may not ask for. */
    requireOperation: (subject: Subject, op: string) =>
      requireOperation(access, subject, op, (uid) => store.groups.countOfUser(uid)),
    /** Whether somebody of his app may see that the user is online. */
    async maySee(uid: number, address: string): Promise<boolean> {
      const watched = await directory.byUid(uid);
      if (watched === undefined || !access.restricts(watched.aid)) return true;
      const watcher = await directory.byAddress(watched.aid, address);
      const hears = watcher === undefined || (await access.may(watcher, 'hearPresence'));
      return hears && access.may(watched, 'beSeenOnline');
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
