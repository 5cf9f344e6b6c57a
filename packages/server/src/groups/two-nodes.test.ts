import { type Bus, InProcessHub } from '@stoa/bus';
import { presenceValues } from '@stoa/protocol';
import { type JoinedNodes, startJoinedNodes, type TestNode } from '@stoa/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GroupEvent, subjects } from '../events.ts';
import { GroupClient } from './testing/group-client.ts';

describe('groups on two nodes', { timeout: 120_000 }, () => {
  let joined: JoinedNodes;
  let one: TestNode;
  let other: TestNode;
  let bus: Bus;
  let users = 0;

  beforeAll(async () => {
    const hub = new InProcessHub();
    joined = await startJoinedNodes({ buses: [hub.connect(), hub.connect()] });
    [one, other] = joined.nodes as [TestNode, TestNode];
    bus = hub.connect();
  });
  afterAll(() => joined.close());

  async function setUp() {
    users += 1;
    const alice = await GroupClient.open(one, await one.addUser(`alice-${users}`));
    const bob = await GroupClient.open(other, await one.addUser(`bob-${users}`));
    const { group } = await alice.ask('groups.create', { name: 'Band' });
    return { alice, bob, gid: group.gid, conv: group.conv };
  }

  it('bring members of one what happens on the other', async () => {
    const { alice, bob, gid, conv } = await setUp();
    await alice.ask('groups.members.add', { gid, users: [bob.address] });
    await bob.told('joined');
    await alice.say(gid, 'hello');
    await bob.heard('hello');
    bob.socket.send({ t: 'received', conv, seq: 1 });
    expect((await alice.socket.next('receipts')).members).toEqual([{ user: bob.address, delivered: 1 }]);
    await bob.ask('groups.leave', { gid });
    expect((await alice.socket.next('group', ({ removed }) => removed !== undefined)).removed).toEqual([
      bob.address,
    ]);
    expect(await bob.say(gid, 'gone')).toBe('NOT_A_MEMBER');
    await Promise.all([alice.socket.close(), bob.socket.close()]);
  });

  it('let members on one see that somebody on the other is online, as long as they are', async () => {
    const { alice, bob, gid } = await setUp();
    const told = async () => {
      const { value } = await bob.socket.next('presence', ({ from }) => from === alice.address, 20_000);
      return value === presenceValues.online ? 'online' : 'offline';
    };
    await alice.ask('profile.set', { visibility: { online: { group: gid } } });
    bob.socket.send({ t: 'watch', peers: [alice.address], on: true });
    expect(await told()).toBe('offline');
    await alice.ask('groups.members.add', { gid, users: [bob.address] });
    expect(await told()).toBe('online');
    await alice.ask('groups.members.remove', { gid, users: [bob.address] });
    expect(await told()).toBe('offline');
    await Promise.all([alice.socket.close(), bob.socket.close()]);
  });

  it('tell who came back nothing of the time between, when it is repeated or comes late', async () => {
    const { alice, bob, gid, conv } = await setUp();
    const sayHidden = async () => {
      alice.socket.send({ t: 'send', id: 700, gid, content: { text: 'hidden' } });
      return alice.socket.next('sent', ({ id }) => id === 700);
    };
    await alice.ask('groups.members.add', { gid, users: [bob.address] });
    await bob.told('joined');
    await alice.say(gid, 'before');
    await bob.heard('before');
    await alice.ask('groups.members.remove', { gid, users: [bob.address] });
    await bob.told('left');
    const said = Promise.withResolvers<GroupMessageEvent>();
    const listening = await bus.subscribe(subjects.group(conv), (event) => {
      if ((event as GroupEvent).type === 'group-message') said.resolve(event as GroupMessageEvent);
    });
    const { seq } = await sayHidden();
    const late = await said.promise;
    listening.unsubscribe();
    await alice.ask('groups.members.add', { gid, users: [bob.address] });
    await bob.told('joined');
    expect((await sayHidden()).seq).toBe(seq);
    bus.publish(subjects.group(conv), late);
    await alice.say(gid, 'after');
    await bob.heard('after');
    expect(bob.unheard).toEqual([]);
    await Promise.all([alice.socket.close(), bob.socket.close()]);
  });

  it('hide nothing from a device that has not fetched the time before its user was away', async () => {
    const { alice, bob, gid, conv } = await setUp();
    await alice.ask('groups.members.add', { gid, users: [bob.address] });
    await bob.told('joined');
    for (let text = 1; text <= 22; text += 1) await alice.say(gid, `${text}`);
    await bob.heard('22');
    bob.socket.send({ t: 'received', conv, seq: 22 });
    await alice.socket.next('receipts');
    const second = await GroupClient.open(other, bob.user);
    expect((await second.socket.next('conversation')).from).toBe(2);
    await second.heard('22');
    await alice.ask('groups.members.remove', { gid, users: [bob.address] });
    await second.told('left');
    await alice.say(gid, 'hidden');
    await alice.ask('groups.members.add', { gid, users: [bob.address] });
    await second.told('joined');
    await alice.say(gid, 'after');
    await second.heard('after');
    const skipped = await second.socket.next('conversation', ({ from }) => from === 23);
    expect(skipped.hidden).toEqual([[23, 23]]);
    await Promise.all([alice, bob, second].map(({ socket }) => socket.close()));
  });

  it('send each member exactly what is for him, while members join and leave and messages flow', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const { alice, bob, gid, conv } = await setUp();
        const underWay: Promise<unknown>[] = [];
        for (const { does, waits } of steps) {
          const users = [bob.address];
          if (does === 'say') {
            for (const text of ['a', 'b', 'c']) underWay.push(alice.say(gid, text));
          } else underWay.push(alice.ask(`groups.members.${does}`, { gid, users }));
          if (waits) await Promise.all(underWay);
        }
        await Promise.all(underWay);
        const expected = await readable(conv, bob.user.uid);
        await expect.poll(() => placesOf(bob, conv)).toEqual(expected);
        await bob.socket.close();
        // Nothing was acknowledged: the same comes from the log.
        const back = await GroupClient.open(other, bob.user, bob.device);
        await expect.poll(() => placesOf(back, conv)).toEqual(expected);
        await Promise.all([alice.socket.close(), back.socket.close()]);
      }),
      { numRuns: 12 },
    );
  });

  /** What of the log is for the user, as the store says. */
  async function readable(conv: number, uid: number): Promise<number[]> {
    const messages = await joined.store.log.read(conv, { after: 0, limit: 1000 });
    const spans = await joined.store.groups.spans(conv, uid);
    return messages
      .map(({ seq }) => seq)
      .filter((seq) => spans.some(({ after, upto }) => after < seq && (upto === null || seq <= upto)));
  }
});

/** Places that came, by the rules for a client: without gaps, none of them twice. */
function placesOf({ socket }: GroupClient, conv: number): number[] {
  const places: number[] = [];
  let head = 0;
  for (const frame of socket.frames) {
    if (frame.t === 'conversation' && frame.conv === conv) head = Math.max(head, frame.from);
    if (frame.t !== 'message') continue;
    if (frame.seq !== head + 1) throw new Error(`place ${frame.seq} came after ${head}`);
    head = frame.seq;
    places.push(head);
  }
  return places;
}

type GroupMessageEvent = Extract<GroupEvent, { type: 'group-message' }>;

const step = fc.record({
  does: fc.constantFrom('say', 'say', 'say', 'add', 'remove'),
  waits: fc.boolean(),
});
