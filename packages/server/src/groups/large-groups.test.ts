import { InProcessHub } from '@stoa/bus';
import { allAdminRights, allPermissions, groupFlags, limits } from '@stoa/protocol';
import { type JoinedNodes, startJoinedNodes, type TestNode } from '@stoa/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GroupClient } from './testing/group-client.ts';

/** Members who are connected, on two nodes; the others are away. */
const online = 60;

describe('a group as large as can be', { timeout: 120_000 }, () => {
  let joined: JoinedNodes;
  let gid = 0;
  let conv = 0;
  const clients: GroupClient[] = [];

  beforeAll(async () => {
    const hub = new InProcessHub();
    joined = await startJoinedNodes({ buses: [hub.connect(), hub.connect()] });
    const { nodes, store } = joined;
    const nodeOf = (index: number): TestNode => nodes[index % nodes.length] as TestNode;
    const users = await Promise.all(
      Array.from({ length: online }, (_, index) => nodeOf(0).addUser(`member-${index}`)),
    );
    const [first] = users;
    const aid = (await store.users.find(first?.uid ?? 0))?.aid ?? 0;
    const away = await Promise.all(
      Array.from({ length: limits.groupMembers - online }, async (_, index) => {
        const { user } = await store.users.upsert({ aid, address: `away-${index}`, now: 0 });
        return user.uid;
      }),
    );
    const member = { role: 'member', flags: allPermissions, admin: 0, receives: true } as const;
    const owner = { ...member, role: 'owner', admin: allAdminRights } as const;
    const group = await store.groups.create({
      aid,
      name: 'Everybody',
      flags: 0,
      settings: {},
      expiresAt: null,
      extendSeconds: 0,
      members: [...users.map(({ uid }) => uid), ...away].map((uid) => ({
        uid,
        ...(uid === first?.uid ? owner : member),
      })),
      now: 0,
    });
    ({ gid, conv } = group);
    for (const [index, user] of users.entries()) clients.push(await GroupClient.open(nodeOf(index), user));
  }, 120_000);
  afterAll(async () => {
    await Promise.all(clients.map(({ socket }) => socket.close()));
    await joined.close();
  });

  const everybody = () => clients as [GroupClient, ...GroupClient[]];

  it('stores a message once, brings it to all who are there, and their receipts back', async () => {
    const [sender, ...others] = everybody();
    await sender.say(gid, 'to all');
    await Promise.all(others.map((client) => client.heard('to all')));
    expect(await joined.store.log.read(conv, { after: 0, limit: 10 })).toHaveLength(1);
    for (const { socket } of others) socket.send({ t: 'received', conv, seq: 1 });
    const told = new Set<string>();
    while (told.size < others.length) {
      const { members } = await sender.socket.next('receipts');
      for (const { user, delivered } of members) if (delivered === 1) told.add(user);
    }
    expect([...told].sort()).toEqual(others.map(({ address }) => address).sort());
    const { receipts } = await sender.ask('message.receipts', { conv, seq: 1 });
    // Who sent it is one of the first, and not named.
    expect(receipts).toHaveLength(limits.groupToldMembers - 1);
  });

  it('passes on no presence', async () => {
    const [sender, ...others] = everybody();
    sender.socket.send({ t: 'presence', gid, value: 3 });
    await sender.say(gid, 'after typing');
    await Promise.all(others.map((client) => client.heard('after typing')));
    const heard = others.flatMap(({ socket }) => socket.frames.filter(({ t }) => t === 'presence'));
    expect(heard).toEqual([]);
  });

  it('takes nobody more, gives no messages in turn, and tells only administrators who leaves', async () => {
    const [owner, leaving, ...others] = everybody() as [GroupClient, GroupClient, ...GroupClient[]];
    const nodes = joined.nodes as [TestNode, TestNode];
    const newcomer = await nodes[0].addUser('newcomer');
    expect(await owner.refused('groups.members.add', { gid, users: [newcomer.address] })).toBe('TOO_MANY');
    const flags = groupFlags.receiveRoundRobin;
    expect(await owner.refused('groups.update', { gid, flags })).toBe('TOO_MANY');
    await leaving.ask('groups.leave', { gid });
    expect((await owner.told('members')).removed).toEqual([leaving.address]);
    await owner.say(gid, 'last');
    await Promise.all(others.map((client) => client.heard('last')));
    expect(others.flatMap(({ socket }) => socket.frames.filter(({ t }) => t === 'group'))).toEqual([]);
    expect(leaving.unheard).not.toContain('last');
  });
});
