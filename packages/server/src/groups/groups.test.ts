import { adminFlags, allAdminRights, groupFlags, memberFlags } from '@stoa/protocol';
import { ManualClock, startTestNode, type TestNode } from '@stoa/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { GroupClient } from './testing/group-client.ts';

describe('a group', () => {
  let node: TestNode;
  let users = 0;
  const clients: GroupClient[] = [];

  beforeAll(async () => {
    node = await startTestNode();
  });
  afterAll(() => node.close());
  afterEach(async () => {
    await Promise.all(clients.splice(0).map(({ socket }) => socket.close()));
  });

  async function open(name: string): Promise<GroupClient> {
    users += 1;
    const client = await GroupClient.open(node, await node.addUser(`${name}-${users}`));
    clients.push(client);
    return client;
  }

  /** A group of alice with bob; carol is none of them. */
  async function setUp(settings: { flags?: number; permissions?: number } = {}) {
    const [alice, bob, carol] = [await open('alice'), await open('bob'), await open('carol')];
    const request = { name: 'Band', members: [bob.address], ...settings };
    const { group } = await alice.ask('groups.create', request);
    await bob.told('joined');
    return { alice, bob, carol, group, gid: group.gid };
  }

  it('is made by a user, who owns it, with members who are told', async () => {
    const { alice, bob, carol, group, gid } = await setUp();
    expect(group).toMatchObject({ name: 'Band', flags: 0, members: 2, role: 'owner', admin: allAdminRights });
    expect((await bob.ask('groups.list', {})).groups).toMatchObject([
      { gid, role: 'member', permissions: 31 },
    ]);
    expect(await carol.refused('groups.get', { gid })).toBe('NOT_A_MEMBER');
    expect(await carol.refused('groups.get', { gid: 999_999 })).toBe('NOT_FOUND');
    const { members } = await bob.ask('groups.members.list', { gid, limit: 10 });
    expect(members.map(({ user, role }) => [user, role])).toEqual([
      [alice.address, 'owner'],
      [bob.address, 'member'],
    ]);
    const first = await bob.ask('groups.members.list', { gid, limit: 1 });
    const rest = await bob.ask('groups.members.list', {
      gid,
      limit: 9,
      ...(first.cursor && { cursor: first.cursor }),
    });
    expect([...first.members, ...rest.members]).toEqual(members);
  });

  it('is made by a user as long as he owns fewer than the app lets him', async () => {
    const alice = await open('alice');
    const allow = (groups: number) => node.backend('userset', { user: { address: alice.address, groups } });
    await allow(1);
    const { group } = await alice.ask('groups.create', { name: 'Mine' });
    expect(await alice.refused('groups.create', { name: 'Another' })).toBe('TOO_MANY');
    await alice.ask('groups.delete', { gid: group.gid });
    await alice.ask('groups.create', { name: 'Another' });
    await allow(0);
    await alice.ask('groups.create', { name: 'And another' });
    await allow(3);
    const devices = await Promise.all([1, 2, 3].map(() => GroupClient.open(node, alice.user)));
    clients.push(...devices);
    const asking = devices.map((device) => device.ask('groups.create', { name: 'One of many at once' }));
    const made = await Promise.allSettled(asking);
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('carries messages to its members, and their receipts to who sent them', async () => {
    const { alice, bob, carol, group, gid } = await setUp();
    const sent = await alice.say(gid, 'hello');
    expect(sent).toMatchObject({ conv: group.conv, seq: 1 });
    const message = await bob.heard('hello');
    expect(message).toMatchObject({ conv: group.conv, seq: 1, gid, from: alice.address });
    expect(message.to).toBeUndefined();
    bob.socket.send({ t: 'received', conv: group.conv, seq: 1 });
    const delivered = await alice.socket.next('receipts');
    expect(delivered.members).toEqual([{ user: bob.address, delivered: 1 }]);
    bob.socket.send({ t: 'read', conv: group.conv, seq: 1 });
    expect((await alice.socket.next('receipts')).members).toEqual([{ user: bob.address, read: 1 }]);
    const { receipts } = await alice.ask('message.receipts', { conv: group.conv, seq: 1 });
    expect(receipts).toEqual([{ user: bob.address, deliveredAt: delivered.ts, readAt: expect.any(Number) }]);
    expect(await carol.refused('message.receipts', { conv: group.conv, seq: 1 })).toBe('NOT_FOUND');
    expect(await carol.say(gid, 'me too')).toBe('NOT_A_MEMBER');
    expect(await carol.say(999_999, 'anybody')).toBe('INVALID_DESTINATION');
    await carol.quiet();
    expect(carol.unheard).toEqual([]);
  });

  it('tells of a member what he has received of the messages that were for him, and of no other', async () => {
    const { alice, bob, carol, group, gid } = await setUp();
    const { conv } = group;
    await alice.say(gid, 'before');
    await alice.ask('groups.members.add', { gid, users: [carol.address] });
    await carol.told('joined');
    await alice.say(gid, 'to all');
    await carol.heard('to all');
    carol.socket.send({ t: 'received', conv, seq: 2 });
    expect((await alice.socket.next('receipts')).members).toEqual([
      { user: carol.address, after: 1, delivered: 2 },
    ]);
    await alice.ask('groups.members.remove', { gid, users: [bob.address] });
    await bob.told('left');
    await alice.say(gid, 'without bob');
    await alice.ask('groups.members.add', { gid, users: [bob.address] });
    await alice.say(gid, 'with bob');
    await bob.heard('with bob');
    bob.socket.send({ t: 'read', conv, seq: 4 });
    expect((await alice.socket.next('receipts')).members).toEqual([
      { user: bob.address, delivered: 2, read: 2 },
      { user: bob.address, after: 3, delivered: 4, read: 4 },
    ]);
    const readers = async (seq: number) =>
      (await alice.ask('message.receipts', { conv, seq })).receipts.map(({ user, after, readAt }) => [
        user,
        after,
        readAt !== undefined,
      ]);
    expect(await readers(1)).toEqual([[bob.address, undefined, true]]);
    expect(await readers(3)).toEqual([[carol.address, 1, false]]);
    expect(await readers(4)).toEqual([
      [bob.address, 3, true],
      [carol.address, 1, false],
    ]);
  });

  it('answers a send that is repeated after its sender was removed, and takes no other one', async () => {
    const { alice, bob, gid } = await setUp();
    bob.socket.send({ t: 'send', id: 500, gid, content: { text: 'last words' } });
    const sent = await bob.socket.next('sent', ({ id }) => id === 500);
    await alice.ask('groups.members.remove', { gid, users: [bob.address] });
    bob.socket.send({ t: 'send', id: 500, gid, content: { text: 'last words' } });
    expect(await bob.socket.next('sent', ({ id }) => id === 500)).toMatchObject({
      seq: sent.seq,
      mid: sent.mid,
    });
    bob.socket.send({ t: 'send', id: 501, gid, content: { text: 'one more' } });
    expect(await bob.socket.next('error')).toMatchObject({ id: 501, code: 'NOT_A_MEMBER' });
  });

  it('brings nothing of somebody whom a member has blocked in groups', async () => {
    const { alice, bob, gid } = await setUp();
    const block = (value: object) =>
      bob.ask('state.set', { values: [{ key: `blocked:${alice.address}`, value }] });
    await block({ messages: false, groups: true });
    await alice.say(gid, 'unwelcome');
    expect(await bob.socket.next('message')).toMatchObject({ seq: 1, gone: 'erased' });
    await alice.say(gid, 'in passing', { flags: 4 });
    await block({ messages: true });
    await alice.say(gid, 'welcome');
    const heard = await bob.heard('welcome');
    expect(heard.seq).toBe(2);
    await block({ messages: false, groups: true });
    bob.socket.send({ t: 'history', id: 900, gid, limit: 10 });
    const { messages } = await bob.socket.next('page');
    expect(messages.map(({ seq, gone, content }) => [seq, gone, content])).toEqual([
      [1, 'erased', undefined],
      [2, 'erased', undefined],
    ]);
    await bob.quiet();
    expect(bob.unheard).toEqual([]);
    const back = await GroupClient.open(node, bob.user);
    clients.push(back);
    await expect
      .poll(() => back.socket.frames.flatMap((frame) => (frame.t === 'message' ? [frame.gone] : [])))
      .toEqual(['erased', 'erased']);
    expect((await alice.ask('message.receipts', { conv: heard.conv, seq: 2 })).receipts).toHaveLength(1);
  });

  it('gives a member what is sent from his joining to his leaving, live and later', async () => {
    const { alice, carol, group, gid } = await setUp();
    await alice.say(gid, 'before');
    await alice.ask('groups.members.add', { gid, users: [carol.address, 'nobody'] });
    const joined = await carol.told('joined');
    expect(joined.group).toMatchObject({ gid, members: 3, role: 'member' });
    expect(joined.by).toBe(alice.address);
    await alice.say(gid, 'during');
    await carol.heard('during');
    await alice.ask('groups.members.remove', { gid, users: [carol.address] });
    expect(await carol.told('left')).toMatchObject({ reason: 'removed', by: alice.address });
    await alice.say(gid, 'between');
    await alice.ask('groups.members.add', { gid, users: [carol.address] });
    await carol.told('joined');
    await alice.say(gid, 'again');
    await carol.heard('again');
    expect(carol.unheard).toEqual([]);
    // A device that was never there before, and history, tell the same.
    const other = await GroupClient.open(node, carol.user);
    clients.push(other);
    const page = async (range: object) => {
      other.socket.send({ t: 'history', id: 1, gid, limit: 100, ...range });
      const { messages } = await other.socket.next('page');
      return messages.map(({ content }) => content?.text);
    };
    expect(await page({})).toEqual(['during', 'again']);
    expect(await page({ after: 0 })).toEqual(['during', 'again']);
    expect(await page({ before: 4 })).toEqual(['during']);
    const found = async (client: GroupClient, query: string) => {
      const places: number[] = [];
      // A busy server looks at less at a time.
      for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
        const request = { query, gid, limit: 10, ...(cursor === undefined ? {} : { cursor }) };
        const answer = await client.ask('messages.search', request);
        places.push(...answer.messages.map(({ seq }) => seq));
        cursor = answer.cursor;
      }
      return places;
    };
    expect(await found(other, 'between')).toEqual([]);
    expect(await found(other, 'during')).toEqual([2]);
    expect(await found(alice, 'between')).toEqual([3]);
    expect(group.conv).toBeGreaterThan(0);
  });

  it('brings a device that was away what it missed as a member, and says that he left', async () => {
    const { alice, bob, gid, group } = await setUp();
    await alice.say(gid, 'one');
    await bob.heard('one');
    bob.socket.send({ t: 'received', conv: group.conv, seq: 1 });
    await alice.socket.next('receipts');
    await bob.socket.close();
    await alice.say(gid, 'two');
    await alice.ask('groups.members.remove', { gid, users: [bob.address] });
    await alice.say(gid, 'three');
    await alice.ask('groups.members.add', { gid, users: [bob.address] });
    await alice.say(gid, 'four');
    const back = await GroupClient.open(node, bob.user, bob.device);
    clients.push(back);
    const places = back.socket.frames.flatMap((frame) => {
      if (frame.t === 'conversation') return [`from ${frame.from}`];
      return frame.t === 'message' ? [frame.content?.text] : [];
    });
    expect(places).toEqual(['from 1', 'two', 'from 3', 'four']);
    await alice.ask('groups.members.remove', { gid, users: [bob.address] });
    expect((await back.socket.next('conversation', ({ left }) => left === true)).gid).toBe(gid);
  });

  it('is changed and ended by who may, and everybody is told', async () => {
    const { alice, bob, gid } = await setUp();
    expect(await bob.refused('groups.update', { gid, name: 'Mine' })).toBe('PERMISSION_DENIED');
    const { group } = await alice.ask('groups.update', {
      gid,
      name: 'Trio',
      status: 'on tour',
      expiry: 3600,
    });
    expect(group).toMatchObject({ name: 'Trio', status: 'on tour', members: 2 });
    expect(group.expires).toBeGreaterThan(group.createdAt);
    expect((await bob.told('changed')).group).toMatchObject({ name: 'Trio', status: 'on tour' });
    expect(await bob.refused('groups.delete', { gid })).toBe('PERMISSION_DENIED');
    await alice.ask('groups.delete', { gid });
    expect(await bob.told('left')).toMatchObject({ reason: 'deleted' });
    expect(await bob.say(gid, 'hello')).toBe('INVALID_DESTINATION');
    expect((await bob.ask('groups.list', {})).groups).toEqual([]);
  });

  it('lets an administrator give only what he has, and an owner everything', async () => {
    const { alice, bob, carol, gid } = await setUp();
    const admin = adminFlags.addUser | adminFlags.addAdmin;
    await alice.ask('groups.members.update', { gid, users: [bob.address], admin });
    expect((await bob.told('changed')).group).toMatchObject({ role: 'admin', admin });
    const add = (rights: number) => ({ gid, users: [carol.address], admin: rights });
    expect(await bob.refused('groups.members.add', add(adminFlags.removeGroup))).toBe('PERMISSION_DENIED');
    expect(await bob.refused('groups.members.add', add(adminFlags.owner))).toBe('PERMISSION_DENIED');
    expect(await bob.refused('groups.members.remove', { gid, users: [alice.address] })).toBe(
      'PERMISSION_DENIED',
    );
    const { members } = await bob.ask('groups.members.add', add(adminFlags.addUser));
    expect(members).toMatchObject([{ user: carol.address, role: 'admin', admin: adminFlags.addUser }]);
    await alice.ask('groups.members.remove', { gid, users: [bob.address, carol.address] });
    expect(await bob.refused('groups.members.list', { gid, limit: 9 })).toBe('NOT_A_MEMBER');
  });

  it('is joined with a PIN, which is good for a number of uses', async () => {
    const { alice, bob, carol, gid } = await setUp();
    expect(await bob.refused('groups.pins.add', { gid })).toBe('PERMISSION_DENIED');
    const { pin } = await alice.ask('groups.pins.add', { gid, permissions: memberFlags.receive, uses: 1 });
    expect(pin).toMatchObject({ permissions: memberFlags.receive, uses: 1 });
    expect(await carol.refused('groups.join', { gid })).toBe('PERMISSION_DENIED');
    expect(await carol.refused('groups.join', { gid, pin: pin.pin - 1 })).toBe('WRONG_PIN');
    const { joined, group } = await carol.ask('groups.join', { gid, pin: pin.pin });
    expect({ joined, group }).toMatchObject({ joined: true, group: { permissions: memberFlags.receive } });
    expect(await carol.ask('groups.join', { gid, pin: 1 })).toMatchObject({ joined: true });
    const dave = await open('dave');
    expect(await dave.refused('groups.join', { gid, pin: pin.pin })).toBe('WRONG_PIN');
    expect((await alice.ask('groups.pins.list', { gid })).pins).toEqual([]);
    for (let index = 0; index < 4; index++) await dave.refused('groups.join', { gid, pin: index });
    expect(await dave.refused('groups.join', { gid, pin: 5 })).toBe('RATE_LIMITED');
  });

  it('is joined by one user only with a PIN that is not shared', async () => {
    const { alice, carol, gid } = await setUp();
    const dave = await open('dave');
    const { pin } = await alice.ask('groups.pins.add', { gid, shared: false });
    expect(pin).toMatchObject({ shared: false });
    const join = { gid, pin: pin.pin };
    expect(await carol.ask('groups.join', join)).toMatchObject({ joined: true });
    expect(await dave.refused('groups.join', join)).toBe('PIN_NOT_SHARED');
    await carol.ask('groups.leave', { gid });
    expect(await dave.refused('groups.join', join)).toBe('PIN_NOT_SHARED');
    expect(await carol.ask('groups.join', join)).toMatchObject({ joined: true });
    await alice.ask('groups.pins.update', { ...join, shared: true });
    expect(await dave.ask('groups.join', join)).toMatchObject({ joined: true });
    expect((await alice.ask('groups.pins.list', { gid })).pins).toEqual([
      { pin: pin.pin, permissions: pin.permissions },
    ]);
  });

  it('removes with a PIN who joined with it, if the PIN says so', async () => {
    const { alice, bob, carol, gid } = await setUp();
    const dave = await open('dave');
    const permissions = memberFlags.send | memberFlags.receive | memberFlags.deleteWithPin;
    const { pin } = await alice.ask('groups.pins.add', { gid, permissions, uses: 2 });
    const join = { gid, pin: pin.pin };
    for (const client of [carol, dave]) await client.ask('groups.join', join);
    expect((await alice.ask('groups.pins.list', { gid })).pins).toMatchObject([{ pin: pin.pin, uses: 0 }]);
    expect(await (await open('erin')).refused('groups.join', join)).toBe('WRONG_PIN');
    await alice.ask('groups.members.update', { gid, users: [dave.address], permissions: memberFlags.send });
    await alice.ask('groups.pins.remove', join);
    expect(await carol.told('left')).toMatchObject({ reason: 'removed', by: alice.address });
    expect(await carol.say(gid, 'still here?')).toBe('NOT_A_MEMBER');
    const { members } = await alice.ask('groups.members.list', { gid, limit: 9 });
    expect(members.map(({ user }) => user)).toEqual([alice.address, bob.address, dave.address]);
  });

  it('lets those in who ask, if somebody accepts', async () => {
    const { alice, bob, carol, gid } = await setUp({ flags: groupFlags.joinByRequest });
    expect(await carol.ask('groups.join', { gid })).toEqual({ joined: false });
    expect((await alice.told('requests')).users).toEqual([carol.address]);
    expect(await bob.refused('groups.requests.list', { gid })).toBe('PERMISSION_DENIED');
    const { requests } = await alice.ask('groups.requests.list', { gid });
    expect(requests.map(({ user }) => user)).toEqual([carol.address]);
    await alice.ask('groups.requests.answer', { gid, users: [carol.address], accept: false });
    expect(await carol.told('left')).toMatchObject({ reason: 'denied' });
    await carol.ask('groups.join', { gid });
    await alice.ask('groups.requests.answer', { gid, users: [carol.address], accept: true });
    expect((await carol.told('joined')).group).toMatchObject({ gid, role: 'member' });
  });

  it('takes and gives permissions at once', async () => {
    const { alice, bob, gid } = await setUp({
      flags: groupFlags.sendBySelected | groupFlags.receiveBySelected,
    });
    expect(await bob.say(gid, 'may I?')).toBe('PERMISSION_DENIED');
    await alice.say(gid, 'not for bob');
    const permissions = memberFlags.send | memberFlags.receive;
    await alice.ask('groups.members.update', { gid, users: [bob.address], permissions });
    expect(await bob.say(gid, 'now I may')).toMatchObject({ seq: 2 });
    await alice.say(gid, 'for bob');
    await bob.heard('for bob');
    await alice.ask('groups.update', { gid, flags: groupFlags.paused });
    expect(await bob.say(gid, 'still?')).toBe('GROUP_PAUSED');
    expect(bob.unheard).not.toContain('not for bob');
  });

  it('goes on while there are messages, where it says so', async () => {
    const { alice, gid } = await setUp();
    const { group } = await alice.ask('groups.update', { gid, expiry: 100, extend: 3600 });
    await alice.say(gid, 'still here');
    const later = (await alice.ask('groups.get', { gid })).group;
    expect((later.expires ?? 0) - (group.expires ?? 0)).toBeGreaterThan(3_000_000);
    await alice.say(gid, 'and here');
    expect((await alice.ask('groups.get', { gid })).group.expires).toBe(later.expires);
  });

  it('does not let go whom its flags hold', async () => {
    const { alice, bob, gid } = await setUp({ flags: groupFlags.noSelfDelete });
    expect(await bob.refused('groups.leave', { gid })).toBe('PERMISSION_DENIED');
    await alice.ask('groups.update', { gid, flags: 0 });
    await bob.ask('groups.leave', { gid });
    expect(await bob.told('left')).toMatchObject({ reason: 'left', by: bob.address });
    expect((await alice.socket.next('group', ({ removed }) => removed !== undefined)).removed).toEqual([
      bob.address,
    ]);
  });

  it('carries messages without storing them where it says so, and back to the sender', async () => {
    const { alice, bob, gid } = await setUp({ flags: groupFlags.noStorage | groupFlags.receiveLoopback });
    expect(await alice.say(gid, 'passing')).toMatchObject({ conv: 0, seq: 0 });
    expect(await bob.heard('passing')).toMatchObject({ gid, seq: 0 });
    expect(await alice.heard('passing')).toMatchObject({ gid, seq: 0 });
  });

  it('takes messages of everybody where it says so, and makes them members', async () => {
    const { bob, carol, gid } = await setUp({ flags: groupFlags.sendByAnyone | groupFlags.autoAddMember });
    expect(await carol.say(gid, 'hello')).toMatchObject({ seq: 1 });
    expect(await bob.heard('hello')).toMatchObject({ from: carol.address });
    expect((await carol.told('joined')).gid).toBe(gid);
    expect(await bob.say(gid, 'welcome')).toMatchObject({ seq: 2 });
    await carol.heard('welcome');
  });

  it('lets members edit and recall their own messages, and shows who is typing', async () => {
    const { alice, bob, gid } = await setUp();
    await alice.say(gid, 'helo');
    await alice.say(gid, 'hello', { event: 'edit', target: 1 });
    expect(await bob.heard('hello')).toMatchObject({ event: 'edit', target: 1, gid });
    expect(await bob.say(gid, 'mine', { event: 'edit', target: 1 })).toBe('PERMISSION_DENIED');
    bob.socket.send({ t: 'presence', gid, value: 3 });
    expect(await alice.socket.next('presence')).toMatchObject({ from: bob.address, gid, value: 3 });
  });

  it('loses members who are removed from the app', async () => {
    const { alice, bob, gid } = await setUp();
    await node.backend('userdel', { user: { uid: bob.user.uid } });
    expect((await alice.socket.next('group', ({ removed }) => removed !== undefined)).gid).toBe(gid);
    expect((await alice.ask('groups.get', { gid })).group.members).toBe(1);
    await bob.socket.closed;
  });
});

it('a group whose time is over tells its members, and is none any more', { timeout: 90_000 }, async () => {
  const clock = new ManualClock();
  const node = await startTestNode({ clock });
  try {
    const [alice, bob] = [
      await GroupClient.open(node, await node.addUser('alice')),
      await GroupClient.open(node, await node.addUser('bob')),
    ];
    const { group } = await alice.ask('groups.create', { name: 'Sprint', members: ['bob'], expiry: 5 });
    await bob.told('joined');
    const { group: room } = await alice.ask('groups.create', { name: 'Room' });
    const permissions = memberFlags.receive | memberFlags.deleteWithPin;
    const { pin } = await alice.ask('groups.pins.add', { gid: room.gid, permissions, expiry: 5 });
    await bob.ask('groups.join', { gid: room.gid, pin: pin.pin });
    const { group: guests } = await alice.ask('groups.create', { name: 'Guests' });
    const limits = { calls: { callDuration: 60 }, stay: 5 };
    const { pin: forGuests } = await alice.ask('groups.pins.add', { gid: guests.gid, ...limits });
    const visit = { gid: guests.gid, pin: forGuests.pin };
    const own = { calls: limits.calls, until: clock.now() + 5_000 };
    expect((await bob.ask('groups.join', visit)).group).toMatchObject(own);
    const { members } = await alice.ask('groups.members.list', { gid: guests.gid, limit: 9 });
    expect(members[1]).toMatchObject(own);
    expect(await bob.say(guests.gid, 'here I am')).toMatchObject({ seq: 1 });
    clock.advance(5_000);
    // Before anybody has looked for what is over.
    expect(await bob.say(guests.gid, 'still here?')).toBe('NOT_A_MEMBER');
    const { members: others } = await alice.ask('groups.members.list', { gid: guests.gid, limit: 9 });
    expect(others.map(({ user }) => user)).toEqual(['alice']);
    let isOver = false;
    const leaves = (gid: number) =>
      bob.socket.next('group', (frame) => frame.event === 'left' && frame.gid === gid);
    const [left, removed, gone] = [leaves(group.gid), leaves(room.gid), leaves(guests.gid)];
    void Promise.allSettled([left, removed, gone]).then(() => {
      isOver = true;
    });
    // Everybody answers the heartbeat until somebody has looked for what is over.
    while (!isOver) {
      clock.advance(1_000);
      for (const { socket } of [alice, bob]) {
        socket.send({ t: 'ping' });
        await socket.next('pong');
      }
    }
    expect(await left).toMatchObject({ gid: group.gid, reason: 'deleted' });
    for (const end of [removed, gone]) expect(await end).toMatchObject({ reason: 'removed' });
    expect((await bob.ask('groups.list', {})).groups).toEqual([]);
    expect(await alice.refused('groups.get', { gid: group.gid })).toBe('NOT_FOUND');
    expect(await bob.ask('groups.join', visit)).toMatchObject({ joined: true });
    // Who comes back before anybody has looked is somebody new.
    clock.advance(5_000);
    await bob.ask('groups.join', visit);
    const { members: guestsAgain } = await alice.ask('groups.members.list', { gid: guests.gid, limit: 9 });
    expect(guestsAgain[1]?.joinedAt).toBe(clock.now());
    await Promise.all([alice.socket.close(), bob.socket.close()]);
  } finally {
    await node.close();
  }
});
