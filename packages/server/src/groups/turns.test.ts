import { InProcessHub } from '@stoa/bus';
import { allPermissions, groupFlags, memberFlags } from '@stoa/protocol';
import { type JoinedNodes, startJoinedNodes, type TestNode } from '@stoa/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GroupClient } from './testing/group-client.ts';

describe('a group whose members get messages in turn, on two nodes', { timeout: 120_000 }, () => {
  let joined: JoinedNodes;
  let nodes: readonly TestNode[];
  let groups = 0;

  beforeAll(async () => {
    const hub = new InProcessHub();
    joined = await startJoinedNodes({ buses: [hub.connect(), hub.connect()] });
    nodes = joined.nodes;
  });
  afterAll(() => joined.close());

  const nodeOf = (index: number): TestNode => nodes[index % nodes.length] as TestNode;

  /** Members on both nodes. */
  async function setUp(flags = 0, count = 4) {
    groups += 1;
    const clients: GroupClient[] = [];
    for (let index = 0; index < count; index++) {
      const user = await nodeOf(0).addUser(`member-${groups}-${index}`);
      clients.push(await GroupClient.open(nodeOf(index), user));
    }
    const [first, ...others] = clients as [GroupClient, ...GroupClient[]];
    const { group } = await first.ask('groups.create', {
      name: 'Hunt',
      flags: groupFlags.receiveRoundRobin | flags,
      members: others.map(({ address }) => address),
      permissions: allPermissions,
    });
    await Promise.all(others.map((client) => client.told('joined')));
    return { clients, first, others, gid: group.gid, conv: group.conv };
  }

  it('reach exactly one receiver each, live, on reconnecting and in the history', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3), { minLength: 4, maxLength: 16 }), async (senders) => {
        const { clients, gid, conv } = await setUp();
        const sent = await Promise.all(
          senders.map(async (index, nth) => {
            const client = clients[index] as GroupClient;
            const answer = await client.say(gid, `${nth}`);
            if (typeof answer === 'string') throw new Error(answer);
            return { seq: answer.seq, from: client.address };
          }),
        );
        /** How many others got each message. */
        const got = (all: readonly GroupClient[]) => {
          const seen = new Map<number, string[]>();
          for (const { address, socket } of all) {
            for (const frame of socket.frames) {
              if (frame.t !== 'message' || frame.from === address) continue;
              seen.set(frame.seq, [...(seen.get(frame.seq) ?? []), address]);
            }
          }
          return sent.map(({ seq }) => seen.get(seq)?.length ?? 0);
        };
        const once = sent.map(() => 1);
        await expect.poll(() => got(clients)).toEqual(once);
        const back: GroupClient[] = [];
        for (const [index, { user, device, socket }] of clients.entries()) {
          await socket.close();
          back.push(await GroupClient.open(nodeOf(index + 1), user, device));
        }
        await expect.poll(() => got(back)).toEqual(once);
        const pages = await Promise.all(
          back.map(async ({ address, socket }) => {
            socket.send({ t: 'history', id: 1000, gid, limit: 100 });
            const { messages } = await socket.next('page');
            return messages.filter(({ from }) => from !== address).map(({ seq }) => seq);
          }),
        );
        expect(pages.flat().sort((a, b) => a - b)).toEqual(sent.map(({ seq }) => seq).sort((a, b) => a - b));
        for (const { frames } of back.map(({ socket }) => socket)) {
          const places = frames.flatMap((frame) => (frame.t === 'message' ? [frame.seq] : []));
          expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
          expect(frames.every((frame) => frame.t !== 'message' || frame.conv === conv)).toBe(true);
        }
        await Promise.all(back.map(({ socket }) => socket.close()));
      }),
      { numRuns: 6 },
    );
  });

  it('go on among those who may receive when a member leaves or loses the permission', async () => {
    const { clients, first, others, gid } = await setUp(groupFlags.receiveBySelected);
    const [bob, carol, dave] = others as [GroupClient, GroupClient, GroupClient];
    const permissions = memberFlags.send;
    await first.ask('groups.members.update', { gid, users: [carol.address], permissions });
    await dave.ask('groups.leave', { gid });
    for (const text of ['one', 'two']) {
      await first.say(gid, text);
      await bob.heard(text);
    }
    await Promise.all(clients.map((client) => client.quiet()));
    expect([carol.unheard, dave.unheard]).toEqual([[], []]);
    await Promise.all(clients.map(({ socket }) => socket.close()));
  });

  it('are changed for the one who has them', async () => {
    const { clients, first, others, gid, conv } = await setUp();
    const [bob, carol] = others as [GroupClient, GroupClient];
    await first.say(gid, 'first');
    await bob.heard('first');
    bob.socket.send({ t: 'received', conv, seq: 1 });
    expect((await first.socket.next('receipts')).members).toEqual([{ user: bob.address, delivered: 1 }]);
    expect(await first.say(gid, 'changed', { event: 'edit', target: 1 })).toMatchObject({ seq: 2 });
    const edit = await bob.socket.next('message', ({ event }) => event !== undefined);
    expect(edit).toMatchObject({ conv, seq: 2 });
    bob.socket.send({ t: 'received', conv, seq: 2 });
    expect((await first.socket.next('receipts')).members).toEqual([{ user: bob.address, delivered: 2 }]);
    await first.say(gid, 'second');
    await carol.heard('second');
    await bob.quiet();
    expect(bob.unheard).not.toContain('second');
    expect(carol.socket.frames.filter(({ t }) => t === 'message')).toEqual([]);
    await Promise.all(clients.map(({ socket }) => socket.close()));
  });

  it('are delivered when all of the sender have reached whom they were for', async () => {
    const { clients, first, others, gid, conv } = await setUp();
    const [bob, carol] = others as [GroupClient, GroupClient];
    await first.say(gid, 'to bob');
    await first.say(gid, 'to carol');
    await bob.heard('to bob');
    await carol.heard('to carol');
    carol.socket.send({ t: 'received', conv, seq: 2 });
    await expect.poll(async () => receipts(first, conv, 2)).toMatchObject([{ user: carol.address }]);
    bob.socket.send({ t: 'received', conv, seq: 1 });
    expect((await first.socket.next('receipts')).members).toEqual([{ user: bob.address, delivered: 2 }]);
    await Promise.all(clients.map(({ socket }) => socket.close()));
  });

  it('reach one connected device when they are not stored', async () => {
    const { clients, first, others, gid } = await setUp(groupFlags.noStorage);
    for (const text of ['one', 'two', 'three', 'four']) await first.say(gid, text);
    await expect
      .poll(() => others.map(({ unheard }) => unheard))
      .toEqual([['one', 'four'], ['two'], ['three']]);
    await Promise.all(clients.map(({ socket }) => socket.close()));
  });

  const receipts = async (client: GroupClient, conv: number, seq: number) =>
    (await client.ask('message.receipts', { conv, seq })).receipts.filter(
      ({ deliveredAt }) => deliveredAt !== undefined,
    );
});
