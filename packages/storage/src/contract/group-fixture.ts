import type { Group, GroupChange, MemberToPut, Store } from '../store.ts';
import { newApp, newMessage, newUser, now } from './store-under-test.ts';

/** A member as the tests of groups put him, who receives unless it is said otherwise. */
export const putting = (uid: number, more: Partial<MemberToPut> = {}): MemberToPut => ({
  uid,
  role: 'member',
  flags: 0x1f,
  admin: 0,
  receives: true,
  ...more,
});

/** A group of a new app, owned by its first user; `bob` and `carol` are users who are no members yet. */
export async function newGroup(store: Store) {
  const { aid } = await newApp(store);
  const alice = (await newUser(store, aid, 'alice')).uid;
  const bob = (await newUser(store, aid, 'bob')).uid;
  const carol = (await newUser(store, aid, 'carol')).uid;
  const group = await store.groups.create({
    aid,
    name: 'Band',
    flags: 0,
    settings: { status: 'on tour' },
    expiresAt: null,
    extendSeconds: 0,
    members: [putting(alice, { role: 'owner', admin: 0xffff })],
    now,
  });
  const key = { kind: 'group', aid, gid: group.gid } as const;
  return {
    aid,
    alice,
    bob,
    carol,
    group,
    key,
    /** Changes the group as it is at the moment. */
    change: (change: Omit<GroupChange, 'now'>) => changeNow(store, group.gid, change),
    /** Appends a message of alice; resolves to its place. */
    say: async () => (await store.log.append(newMessage({ conversation: key, sender: alice }))).seq,
    /** Places that a user may read. */
    readable: async (uid: number) => readablePlaces(store, group, uid),
  };
}

export async function changeNow(store: Store, gid: number, change: Omit<GroupChange, 'now'>) {
  for (;;) {
    const group = await store.groups.find(gid);
    if (group === undefined) throw new Error(`no group ${gid}`);
    const changed = await store.groups.change(group, { ...change, now });
    if (changed !== undefined) return changed;
  }
}

export async function readablePlaces(
  store: Store,
  { conv }: Pick<Group, 'conv'>,
  uid: number,
): Promise<number[]> {
  const messages = await store.log.read(conv, { after: 0, limit: 1000 });
  const spans = await store.groups.spans(conv, uid);
  return messages
    .map(({ seq }) => seq)
    .filter((seq) => spans.some(({ after, upto }) => after < seq && (upto === null || seq <= upto)));
}
