import { createInProcessBus } from '@stoa/bus';
import type { Membership } from '@stoa/storage';
import { beforeEach, describe, expect, it } from 'vitest';
import { type GroupEvent, subjects } from '../events.ts';
import { GroupFeed, type GroupFeedOptions, type GroupSession } from './group-feed.ts';

const [gid, conv] = [1000, 9];
const [alice, bob] = [1, 2];

/** Of the group, as somebody reads it: its epoch, and who is a member. */
interface Reading {
  readonly epoch: number;
  readonly members: readonly number[];
}

describe('the feed of a group', () => {
  let bus: ReturnType<typeof createInProcessBus>;
  let feed: GroupFeed;
  /** What the store says of the group. */
  let stored: Reading;
  /** Called when the members are asked for: what has been read is answered later. */
  let asked: () => Promise<void>;
  /** Who was given which places of the log, with what was said. */
  let given: [uid: number, seq: number][];

  beforeEach(() => {
    bus = createInProcessBus();
    asked = async () => {};
    given = [];
    feed = new GroupFeed({
      bus,
      store: storeOf(),
      blocking: { mayReach: () => true, blocksNobody: () => true },
      onMayMiss: () => {},
      onMembersChanged: () => {},
      onError: (error) => {
        throw error;
      },
    });
    return () => bus.close();
  });

  function storeOf(): GroupFeedOptions['store'] {
    const member = (uid: number) => ({ gid, uid, flags: 0, admin: 0 });
    // The members are read once in each asking, whoever asks.
    let reading: Reading;
    const store: unknown = {
      ofUser: async ({ uid, after = 0 }: { uid: number; after?: number }): Promise<Membership[]> => {
        const { epoch, members } = stored;
        if (after >= gid || !members.includes(uid)) return [];
        const found: unknown = { group: { gid, conv, epoch, flags: 0 }, member: member(uid), receives: true };
        return [found as Membership];
      },
      receiversAmong: async (_conv: number, uids: readonly number[]) => {
        reading = stored;
        await asked();
        const { epoch, members } = reading;
        return { epoch, uids: members.filter((uid) => uids.includes(uid)) };
      },
      find: async () => ({ gid, conv, epoch: reading.epoch, flags: 0 }),
      membersAmong: async (_gid: number, uids: readonly number[]) =>
        reading.members.filter((uid) => uids.includes(uid)).map(member),
    };
    return store as GroupFeedOptions['store'];
  }

  function open(uid: number): Promise<void> {
    const session: GroupSession = {
      connection: { closed: false },
      catchUp: async () => {},
      event: () => {},
      delivery: {
        offer: (_conv, seq, bytes) => {
          if (bytes !== undefined) given.push([uid, seq]);
        },
        refresh: () => {},
      },
    };
    return feed.opened(uid, new Set([session]));
  }

  /** Resolves when the feed has been given it. */
  async function publish(event: GroupEvent): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const subscription = await bus.subscribe(subjects.group(conv), () => resolve());
    bus.publish(subjects.group(conv), event);
    await promise;
    subscription.unsubscribe();
  }
  const message = (seq: number, epoch: number) =>
    publish({ type: 'group-message', seq, epoch, bytes: new Uint8Array(1), from: 'carol' });
  const changed = (epoch: number, change: { put?: number; removed?: number }) =>
    publish({
      type: 'group-changed',
      epoch,
      flags: 0,
      put: change.put === undefined ? [] : [{ uid: change.put, receives: true, flags: 0, admin: 0 }],
      removed: change.removed === undefined ? [] : [change.removed],
      all: false,
    });
  /** From the next message on the members are asked for; what is read now is answered when it is called. */
  function holdAsking() {
    const [began, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    asked = () => {
      asked = async () => {};
      began.resolve();
      return released.promise;
    };
    return { began: began.promise, release: released.resolve };
  }
  async function isGiven(uid: number, seq: number): Promise<void> {
    await expect.poll(() => given).toContainEqual([uid, seq]);
  }

  it('ends for who came while the members were asked for, and was removed meanwhile', async () => {
    stored = { epoch: 1, members: [alice] };
    await open(alice);
    const asking = holdAsking();
    stored = { epoch: 7, members: [alice] };
    await message(1, 6);
    await asking.began;
    // He was read before he was removed.
    stored = { epoch: 6, members: [alice, bob] };
    await open(bob);
    stored = { epoch: 7, members: [alice] };
    await changed(7, { removed: bob });
    asking.release();
    await message(2, 7);
    await isGiven(alice, 2);
    expect(given).not.toContainEqual([bob, 2]);
  });

  it('goes on for who has come again while the members were asked for', async () => {
    stored = { epoch: 5, members: [alice, bob] };
    await open(alice);
    await open(bob);
    const asking = holdAsking();
    stored = { epoch: 7, members: [alice] };
    await message(1, 7);
    await asking.began;
    stored = { epoch: 8, members: [alice, bob] };
    await feed.refresh(bob);
    await changed(7, { removed: bob });
    await changed(8, { put: bob });
    asking.release();
    await message(2, 8);
    await isGiven(bob, 2);
  });

  it('goes on for who has come again before it is told that he was removed', async () => {
    stored = { epoch: 5, members: [alice, bob] };
    await open(alice);
    await open(bob);
    stored = { epoch: 7, members: [alice, bob] };
    await feed.refresh(bob);
    await changed(6, { removed: bob });
    await changed(7, { put: bob });
    await message(1, 7);
    await isGiven(bob, 1);
  });
});
