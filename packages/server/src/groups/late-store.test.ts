import { join } from 'node:path';
import { type GroupStore, openSqliteStore, type Store, StoreUnavailableError } from '@stoa/storage';
import { startTestNode, type TestNode, tempFolder } from '@stoa/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GroupClient } from './testing/group-client.ts';

describe('a group on a node whose store answers late, or not at all', () => {
  let folder: ReturnType<typeof tempFolder>;
  let store: Store;
  let server: TestNode;
  let alice: GroupClient;
  let gid: number;
  let users = 0;
  /** What becomes of the answer to the question for somebody's groups. */
  let answering: (query: Parameters<GroupStore['ofUser']>[0]) => void | Promise<void> = () => {};
  let finding: () => void = () => {};
  let changing: () => void | Promise<void> = () => {};

  beforeAll(async () => {
    folder = tempFolder();
    store = await openSqliteStore({ path: join(folder.path, 'stoa.db') });
    const groups: GroupStore = Object.create(store.groups, {
      ofUser: {
        value: async (query: Parameters<GroupStore['ofUser']>[0]) => {
          const answer = await store.groups.ofUser(query);
          await answering(query);
          return answer;
        },
      },
      find: {
        value: (wanted: number) => {
          finding();
          return store.groups.find(wanted);
        },
      },
      change: {
        value: async (...change: Parameters<GroupStore['change']>) => {
          await changing();
          return store.groups.change(...change);
        },
      },
    });
    server = await startTestNode({ store: { ...store, groups, close: async () => {} } });
    alice = await GroupClient.open(server, await server.addUser('alice'));
  });
  afterAll(async () => {
    await alice.socket.close();
    await server.close();
    await store.close();
    folder.remove();
  });
  beforeEach(async () => {
    users += 1;
    gid = (await alice.ask('groups.create', { name: 'Band' })).group.gid;
    answering = () => {};
    finding = () => {};
    changing = () => {};
  });

  const add = (address: string) => alice.ask('groups.members.add', { gid, users: [address] });

  it('reaches who joins while it is asked of which groups he is a member', async () => {
    const [asked, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const user = await server.addUser(`bob-${users}`);
    answering = async ({ uid, after = 0 }) => {
      if (uid !== user.uid || after > 0) return;
      asked.resolve();
      await released.promise;
    };
    const opening = GroupClient.open(server, user);
    await asked.promise;
    // It has been answered that he is in none.
    await add(user.address);
    released.resolve();
    const bob = await opening;
    for (const text of ['first', 'second']) {
      await alice.say(gid, text);
      expect(await bob.heard(text)).toMatchObject({ gid });
    }
    await bob.socket.close();
  });

  it('reaches who joins while the store cannot be asked, as soon as it can', async () => {
    const bob = await GroupClient.open(server, await server.addUser(`bob-${users}`));
    answering = ({ uid }) => {
      if (uid !== bob.user.uid) return;
      answering = () => {};
      throw new StoreUnavailableError('away');
    };
    await add(bob.address);
    await bob.told('joined');
    await alice.say(gid, 'hello');
    expect(await bob.heard('hello')).toMatchObject({ gid });
    await bob.socket.close();
  });

  it('is prolonged once, however many speak at once', async () => {
    await alice.ask('groups.update', { gid, expiry: 100, extend: 3600 });
    await alice.told('changed');
    const atOnce = 4;
    const allAreThere = Promise.withResolvers<void>();
    let found = 0;
    finding = () => {
      found += 1;
      // The first one that prolongs it has looked twice.
      if (found > atOnce) allAreThere.resolve();
    };
    changing = () => allAreThere.promise;
    const message = { from: 'alice', gid, message: 'hello' };
    const sending = Array.from({ length: atOnce }, () => server.backend('message', { message }));
    for (const { result } of await Promise.all(sending)) expect(result).toBe(true);
    await alice.told('changed');
    await alice.quiet();
    const told = alice.socket.frames.filter((frame) => frame.t === 'group' && frame.event === 'changed');
    expect(told).toEqual([]);
  });
});
