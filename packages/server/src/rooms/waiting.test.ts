import { LocalEngine } from '@stoa/media';
import { adminFlags, groupFlags, memberFlags, type OperationName } from '@stoa/protocol';
import { startTestNode, type TestNode } from '@stoa/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RoomDevice } from './testing/room-device.ts';

let node: TestNode;
let users = 0;

beforeAll(async () => {
  node = await startTestNode({ media: new LocalEngine({ bindAddress: '127.0.0.1' }) });
});
afterAll(() => node.close());

const door = groupFlags.waitingRoom | groupFlags.messagesWait;
const allPermissions = 0x1f;

/** Who stands at the door of a room. Each is another kind of actor. */
interface Actor {
  readonly name: string;
  /** Undefined for who is no member. */
  readonly member?: { readonly permissions?: number; readonly admin?: number } | undefined;
  readonly flags?: number | undefined;
  readonly getsIn: 'atOnce' | 'whenAdmitted' | 'never';
}

const actors: readonly Actor[] = [
  { name: 'a member', member: {}, getsIn: 'whenAdmitted' },
  { name: 'a member with all permissions', member: { permissions: allPermissions }, getsIn: 'whenAdmitted' },
  {
    name: 'a member who was admitted before',
    member: { permissions: allPermissions | memberFlags.admitted },
    getsIn: 'atOnce',
  },
  { name: 'an administrator', member: { admin: adminFlags.addUser }, getsIn: 'atOnce' },
  { name: 'an outsider where one may ask', flags: groupFlags.joinByRequest, getsIn: 'whenAdmitted' },
  {
    name: 'an outsider where everybody may watch',
    flags: groupFlags.subscribeByAnyone | groupFlags.listByAnyone,
    getsIn: 'whenAdmitted',
  },
  { name: 'an outsider where one becomes a member', flags: groupFlags.autoAddMember, getsIn: 'whenAdmitted' },
  { name: 'an outsider where one needs a PIN', getsIn: 'never' },
];

/** Alice owns the group and is in its room; the visitor stands at the door. */
async function setUp({ member, flags = 0 }: Pick<Actor, 'member' | 'flags'>) {
  users += 1;
  const owner = await node.addUser(`alice-${users}`);
  const user = await node.addUser(`visitor-${users}`);
  const maker = await RoomDevice.open(node, owner, 0);
  const { group } = await maker.ask('groups.create', { name: 'Class', flags: door | flags });
  const { gid } = group;
  const alice = maker.in(gid);
  if (member !== undefined) await alice.ask('groups.members.add', { gid, users: [user.address], ...member });
  await alice.join();
  const visitor = await RoomDevice.open(node, user, gid);
  const close = async () => {
    await alice.close();
    await visitor.close();
  };
  return { gid, alice, visitor, close };
}

async function say(device: RoomDevice, gid: number, text: string): Promise<string> {
  device.socket.send({ t: 'send', id: ++users + 1_000_000, gid, content: { text } });
  const id = users + 1_000_000;
  const answer = await Promise.race([
    device.socket.next('sent', (frame) => frame.id === id),
    device.socket.next('error', (frame) => frame.id === id).catch(() => undefined),
  ]);
  return answer?.t === 'error' ? answer.code : 'sent';
}

/** All that a user who is not in may try, by operation: none of it may work. */
async function refusals(device: RoomDevice, gid: number) {
  const bodies = {
    'rooms.get': { gid },
    'rooms.receive': { gid },
    'rooms.publish': { gid, streams: [] },
    'rooms.watch': { gid, streams: [], others: true },
    'rooms.control': { gid, action: 'hangup' },
    'rooms.react': { gid, reaction: '!' },
    'groups.members.list': { gid, limit: 9 },
    'groups.requests.list': { gid },
    'groups.requests.answer': { gid, users: [device.address], accept: true },
  } as const;
  const codes: string[] = [];
  for (const [op, body] of Object.entries(bodies)) {
    codes.push((await device.refused(op as OperationName, body as never)) ?? `${op} was allowed`);
  }
  codes.push(await say(device, gid, 'let me in'));
  return codes;
}

const refused = expect.stringMatching(/^(NOT_ADMITTED|NOT_A_MEMBER|NOT_IN_ROOM|PERMISSION_DENIED)$/);

describe('at the door of a room', () => {
  it.each(actors)('$name gets in $getsIn', async ({ member, flags, getsIn }) => {
    const { gid, alice, visitor, close } = await setUp({ member, flags });
    if (getsIn === 'never') {
      expect(await visitor.refused('rooms.join', { gid })).toBe('PERMISSION_DENIED');
      expect(await refusals(visitor, gid)).toEqual(Array(10).fill(refused));
      return close();
    }
    if (getsIn === 'whenAdmitted') {
      expect(await visitor.ask('rooms.join', { gid })).toEqual({ joined: false });
      const asked = await alice.socket.next('group', ({ event }) => event === 'requests');
      expect(asked.users).toEqual([visitor.address]);
      const { requests } = await alice.ask('groups.requests.list', { gid });
      expect(requests.map(({ user }) => user)).toEqual([visitor.address]);
      expect(await refusals(visitor, gid)).toEqual(Array(10).fill(refused));
      expect(await say(alice, gid, 'before')).toBe('sent');
      await alice.ask('groups.requests.answer', { gid, users: [visitor.address], accept: true });
      const told = await visitor.socket.next('group', ({ event, group }) => {
        const isIn = ((group?.permissions ?? 0) & memberFlags.admitted) !== 0;
        return isIn && (event === 'joined' || event === 'changed');
      });
      expect(told.by).toBe(alice.address);
      const { answered } = await alice.socket.next('group', (frame) => frame.answered !== undefined);
      expect(answered).toEqual([visitor.address]);
    }
    expect(await visitor.join()).toMatchObject({ count: 2 });
    expect(await say(alice, gid, 'after')).toBe('sent');
    const { content } = await visitor.socket.next('message', (message) => message.gid === gid);
    expect(content?.text).toBe('after');
    return close();
  });

  it('sends away who is denied, and keeps him a member', async () => {
    const { gid, alice, visitor, close } = await setUp({ member: {} });
    await visitor.ask('rooms.join', { gid });
    await alice.ask('groups.requests.answer', { gid, users: [visitor.address], accept: false });
    await visitor.socket.next('group', ({ event }) => event === 'denied');
    expect(await alice.ask('groups.requests.list', { gid })).toEqual({ requests: [] });
    expect((await visitor.ask('groups.get', { gid })).group).toMatchObject({ role: 'member' });
    expect(await visitor.ask('rooms.join', { gid })).toEqual({ joined: false });
    await visitor.ask('rooms.leave', { gid });
    expect(await alice.ask('groups.requests.list', { gid })).toEqual({ requests: [] });
    await close();
  });

  it('keeps those inside when a waiting room is made, and puts out whose admission is taken back', async () => {
    const { gid, alice, visitor, close } = await setUp({ member: {} });
    await alice.ask('groups.update', { gid, flags: 0 });
    await visitor.join();
    await alice.ask('groups.update', { gid, flags: door });
    await visitor.socket.next('group', ({ event, group }) => {
      return event === 'changed' && ((group?.permissions ?? 0) & memberFlags.admitted) !== 0;
    });
    expect(await visitor.ask('rooms.get', { gid })).toMatchObject({ room: { count: 2 } });
    const back = { gid, users: [visitor.address], permissions: allPermissions };
    await alice.ask('groups.members.update', back);
    expect(await visitor.told('ended')).toMatchObject({ reason: 'rights' });
    expect(await visitor.ask('rooms.join', { gid })).toEqual({ joined: false });
    await close();
  });

  it('tells those who wait neither who begins the room nor who joins the group', async () => {
    const { gid, alice, visitor, close } = await setUp({ member: {} });
    const other = await node.addUser(`other-${users}`);
    await alice.ask('rooms.leave', { gid });
    await alice.join();
    await alice.ask('groups.members.add', { gid, users: [other.address] });
    await alice.socket.next(
      'group',
      ({ members }) => members?.some(({ user }) => user === other.address) === true,
    );
    await alice.ask('groups.update', { gid, name: 'Class 2' });
    await visitor.socket.next('group', ({ group }) => group?.name === 'Class 2');
    const heard = visitor.socket.frames.filter(
      (frame) => frame.t === 'room' || (frame.t === 'group' && frame.event === 'members'),
    );
    expect(heard).toEqual([]);
    await close();
  });
});

describe('a locked room', () => {
  const newcomers: readonly Actor[] = actors.filter(
    ({ getsIn, member }) => getsIn !== 'never' && member?.admin === undefined,
  );

  it.each(newcomers)('keeps $name out', async ({ member, flags = 0 }) => {
    const { gid, alice, visitor, close } = await setUp({ member, flags });
    await alice.ask('groups.update', { gid, flags: door | flags | groupFlags.locked });
    expect(await visitor.refused('rooms.join', { gid })).toBe('ROOM_LOCKED');
    if (member === undefined) expect(await visitor.refused('groups.join', { gid })).toBe('ROOM_LOCKED');
    await close();
  });

  it('lets in who leads it', async () => {
    const { gid, alice, visitor, close } = await setUp({ member: { admin: adminFlags.addUser } });
    await alice.ask('groups.update', { gid, flags: door | groupFlags.locked });
    expect(await visitor.join()).toMatchObject({ count: 2 });
    await close();
  });

  it('lets those in again who are in, and everybody when it is unlocked', async () => {
    const { gid, alice, visitor, close } = await setUp({ member: { permissions: 0x5f } });
    await visitor.join();
    await alice.ask('groups.update', { gid, flags: groupFlags.locked });
    expect(await visitor.join()).toMatchObject({ count: 2 });
    const second = await RoomDevice.open(node, visitor.user, gid);
    expect(await second.join()).toMatchObject({ count: 3 });
    await second.ask('rooms.leave', { gid });
    await visitor.ask('rooms.leave', { gid });
    expect(await visitor.refused('rooms.join', { gid })).toBe('ROOM_LOCKED');
    await alice.ask('groups.update', { gid, flags: 0 });
    expect(await visitor.join()).toMatchObject({ count: 2 });
    await second.close();
    await close();
  });
});
