import { testAppToken } from '@stoa/testkit';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import {
  MESIBO_ADMINFLAG_ADDUSER,
  MESIBO_GROUPERROR_BADPIN,
  MESIBO_GROUPERROR_NOTSHAREDPIN,
  MESIBO_GROUPERROR_PERMISSION,
  MESIBO_GROUPFLAG_PAUSE,
  MESIBO_GROUPFLAG_SENDBYSELECTED,
  MESIBO_MEMBERFLAG_ALL,
  MESIBO_MEMBERFLAG_RECV,
  MESIBO_MEMBERFLAG_SHAREDPIN,
} from '../constants/group.ts';
import { MESIBO_MSGSTATUS_GROUPPAUSED } from '../constants/message.ts';
import type { MesiboMessage } from '../messages/message.ts';
import type { MesiboProfile } from '../profiles/profile.ts';
import { Chat, type Party } from '../testing/chat.ts';
import { eventually } from '../testing/eventually.ts';
import type {
  MesiboGroupMember,
  MesiboGroupPin,
  MesiboGroupSettings,
  MesiboMemberPermissions,
} from './group-objects.ts';

let chat: Chat;
let users = 0;
beforeAll(async () => {
  chat = await Chat.start();
});
afterEach(() => chat.signOutAll());
afterAll(() => chat.close());

/** What one party hears of groups, in words. */
class GroupNews {
  readonly told: string[] = [];
  pins: MesiboGroupPin[] | null = null;
  settings: MesiboGroupSettings | undefined;
  permissions: MesiboMemberPermissions | undefined;

  constructor({ api }: Party) {
    api.addListener(this);
  }

  Mesibo_onGroupCreated(profile: MesiboProfile): void {
    this.told.push(`created ${profile.getName()}`);
  }
  Mesibo_onGroupJoined(profile: MesiboProfile): void {
    this.told.push(`joined ${profile.getName()}`);
  }
  Mesibo_onGroupLeft(profile: MesiboProfile): void {
    this.told.push(`left ${profile.getName()}`);
  }
  Mesibo_onGroupSettings(
    _profile: MesiboProfile,
    settings: MesiboGroupSettings,
    permissions: MesiboMemberPermissions,
    pins: MesiboGroupPin[] | null,
  ): void {
    this.settings = settings;
    this.permissions = permissions;
    this.pins = pins;
    this.told.push(`settings ${settings.name}`);
  }
  Mesibo_onGroupMembers(_profile: MesiboProfile, members: MesiboGroupMember[]): void {
    this.told.push(`members ${members.map((member) => member.getAddress())}`);
  }
  Mesibo_onGroupMembersJoined(_profile: MesiboProfile, members: MesiboGroupMember[]): void {
    this.told.push(`came ${members.map((member) => member.getAddress())}`);
  }
  Mesibo_onGroupMembersRemoved(_profile: MesiboProfile, members: MesiboGroupMember[]): void {
    this.told.push(`went ${members.map((member) => member.getAddress())}`);
  }
  Mesibo_onGroupError(_profile: MesiboProfile, error: number): void {
    this.told.push(`error ${error}`);
  }
  hears(what: string): Promise<void> {
    return eventually(() => this.told.includes(what), `"${what}"; heard: ${this.told.join(', ')}`);
  }
}

async function parties(...names: string[]) {
  users += 1;
  return Promise.all(
    names.map(async (name) => {
      const party = await chat.signIn(`${name}${users}`);
      return { ...party, news: new GroupNews(party) };
    }),
  );
}

async function made(
  { api, news }: Party & { news: GroupNews },
  name: string,
  flags = 0,
): Promise<MesiboProfile> {
  const profile = new Promise<MesiboProfile>((resolve) => api.createGroup(name, flags, resolve));
  await news.hears(`created ${name}`);
  return profile;
}

const groupOf = ({ api }: Party, { groupid }: MesiboProfile): MesiboProfile => {
  const profile = api.getGroupProfile(groupid);
  if (profile === null) throw new Error('There is no such group.');
  return profile;
};

it('makes a group, adds members, and all of them write to each other', async () => {
  const [alice, bob, carol] = await parties('alice', 'bob', 'carol');
  if (!alice || !bob || !carol) throw new Error('somebody is missing');
  const group = await made(alice, 'Friends');
  expect([group.isGroup(), group.isOwner(), group.canAddMembers(), group.getName()]).toEqual([
    true,
    true,
    true,
    'Friends',
  ]);
  expect(group.addMembers([bob.address, carol.address], MESIBO_MEMBERFLAG_ALL)).toBe(0);
  await bob.news.hears('joined Friends');
  await carol.news.hears('joined Friends');
  expect(bob.api.getGroupProfiles()).toEqual([groupOf(bob, group)]);
  expect(groupOf(bob, group).isOwner()).toBe(false);
  const message = group.newMessage();
  message.message = 'hello, all';
  message.send();
  for (const { heard } of [bob, carol]) {
    const received = await heard.message('hello, all');
    expect(received.isGroupMessage()).toBe(true);
    expect(received.groupProfile?.getName()).toBe('Friends');
    expect(received.profile?.getAddress()).toBe(alice.address);
  }
  await alice.heard.until(() => message.isDelivered(), 'the delivery');
  groupOf(carol, group).removeMember(bob.address);
  await carol.news.hears(`error ${MESIBO_GROUPERROR_PERMISSION}`);
  group.removeMember(bob.address);
  await bob.news.hears('left Friends');
  await carol.news.hears(`went ${bob.address}`);
});

it('lets in who has a PIN, as the demo does', async () => {
  const [alice, bob] = await parties('alice', 'bob');
  if (!alice || !bob) throw new Error('somebody is missing');
  const group = await made(alice, 'Live', MESIBO_GROUPFLAG_SENDBYSELECTED);
  group.addPin(MESIBO_MEMBERFLAG_ALL, null);
  await eventually(() => alice.news.pins?.length === 1, 'one PIN');
  group.addPin(MESIBO_MEMBERFLAG_RECV, null);
  await eventually(() => alice.news.pins?.length === 2, 'two PINs');
  const pin =
    alice.news.pins?.find(({ permissions }) => permissions.flags === MESIBO_MEMBERFLAG_RECV)?.pin ?? 0;
  const there = groupOf(bob, group);
  there.join(pin === 1 ? 2 : 1, null);
  await bob.news.hears(`error ${MESIBO_GROUPERROR_BADPIN}`);
  there.join(pin, null);
  await bob.news.hears('joined Live');
  await alice.news.hears(`came ${bob.address}`);
  there.getSettings(null);
  await bob.news.hears('settings Live');
  expect(bob.news.pins).toBeNull();
  // The PIN does not let him send.
  const refused = there.newMessage();
  refused.message = 'may I?';
  refused.send();
  await bob.heard.until(() => refused.isFailed(), 'the refusal');
});

it('limits single members in calls, and the time for which they are members', async () => {
  const [alice, bob, carol] = await parties('alice', 'bob', 'carol');
  if (!alice || !bob || !carol) throw new Error('somebody is missing');
  const group = await made(alice, 'Guests');
  const flags = MESIBO_MEMBERFLAG_ALL;
  group.addMembers(bob.address, { flags, callDuration: 60, videoResolution: 2, expiry: 3600 });
  group.addPin({ flags, callFlags: 3, expiry: 60 }, null);
  await eventually(() => alice.news.pins?.length === 1, 'the PIN');
  expect(alice.news.pins?.[0]?.permissions).toMatchObject({
    flags,
    callFlags: 3,
    callDuration: 0,
    expiry: 60,
  });
  groupOf(carol, group).join(alice.news.pins?.[0]?.pin ?? 0, null);
  for (const party of [bob, carol]) {
    await party.news.hears('joined Guests');
    groupOf(party, group).getSettings(null);
    await party.news.hears('settings Guests');
  }
  const none = { callFlags: 0, callDuration: 0, videoResolution: 0 };
  expect(bob.news.permissions).toMatchObject({ ...none, flags, callDuration: 60, videoResolution: 2 });
  expect(bob.news.permissions?.expiry).toBeGreaterThan(3000);
  expect(carol.news.permissions).toMatchObject({ ...none, flags, callFlags: 3 });
  expect(carol.news.permissions?.expiry).toBeGreaterThan(0);
  expect(carol.news.permissions?.expiry).toBeLessThanOrEqual(60);
  // What is said of nothing stays, what is 0 is no limit.
  group.addMembers(bob.address, MESIBO_MEMBERFLAG_RECV);
  await eventually(() => bob.news.permissions?.flags === MESIBO_MEMBERFLAG_RECV, 'the permissions');
  expect(bob.news.permissions).toMatchObject({ callDuration: 60, videoResolution: 2 });
  group.addMembers(bob.address, { ...none, expiry: 0 });
  await eventually(() => bob.news.permissions?.callDuration === 0, 'the end of the limits');
  expect(bob.news.permissions).toMatchObject({ ...none, expiry: 0 });
});

it('keeps a PIN that is not shared for who joined with it', async () => {
  const [alice, bob, carol] = await parties('alice', 'bob', 'carol');
  if (!alice || !bob || !carol) throw new Error('somebody is missing');
  const group = await made(alice, 'Own');
  group.addPin({ flags: MESIBO_MEMBERFLAG_ALL, sharedPin: false }, null);
  await eventually(() => alice.news.pins?.[0]?.sharedPin === false, 'the PIN');
  const pin = alice.news.pins?.[0]?.pin ?? 0;
  groupOf(bob, group).join(pin, null);
  await bob.news.hears('joined Own');
  groupOf(carol, group).join(pin, null);
  await carol.news.hears(`error ${MESIBO_GROUPERROR_NOTSHAREDPIN}`);
  group.editPin(pin, MESIBO_MEMBERFLAG_ALL | MESIBO_MEMBERFLAG_SHAREDPIN);
  await eventually(() => alice.news.pins?.[0]?.sharedPin === true, 'the PIN for all');
  expect(alice.news.pins?.[0]?.permissions.flags).toBe(MESIBO_MEMBERFLAG_ALL);
});

it('changes settings and rights, lists members, leaves and deletes', async () => {
  const [alice, bob] = await parties('alice', 'bob');
  if (!alice || !bob) throw new Error('somebody is missing');
  const group = await made(alice, 'Team');
  group.addMembers(bob.address, { flags: MESIBO_MEMBERFLAG_ALL }, MESIBO_ADMINFLAG_ADDUSER);
  await bob.news.hears('joined Team');
  const there = groupOf(bob, group);
  expect([there.canAddMembers(), there.canRemoveMembers(), there.canAdmin()]).toEqual([true, false, true]);
  group.setProperties({ name: 'Best team', expiry: 3600 });
  await bob.news.hears('settings Best team');
  expect(bob.news.settings?.expiry).toBeGreaterThan(3000);
  const listed: string[] = [];
  there.getMembers(1, true, (members: MesiboGroupMember[]) => {
    listed.push(...members.map((member) => `${member.getAddress()} ${member.isOwner()} ${member.isAdmin()}`));
  });
  await eventually(() => listed.length === 1, 'the first member');
  there.getMembers(1, false, (members: MesiboGroupMember[]) => {
    listed.push(...members.map((member) => `${member.getAddress()} ${member.isOwner()} ${member.isAdmin()}`));
  });
  await eventually(() => listed.length === 2, 'the second member');
  expect(listed.sort()).toEqual([`${alice.address} true true`, `${bob.address} false true`]);
  // The messenger asks for none in particular, each time that it shows a group, and takes the profile first.
  for (const time of ['first', 'second']) {
    const all = await new Promise<[MesiboProfile, MesiboGroupMember[]]>((resolve) => {
      there.getMembers(0, false, (profile: MesiboProfile, members: MesiboGroupMember[]) =>
        resolve([profile, members]),
      );
    });
    expect([time, all[0], all[1].map((member) => member.getAddress()).sort()]).toEqual([
      time,
      there,
      [alice.address, bob.address],
    ]);
  }
  there.leave();
  await bob.news.hears('left Best team');
  group.deleteGroup();
  await alice.news.hears('left Best team');
});

it('tells of each member who has received and read a message, once', async () => {
  const [alice, bob, carol] = await parties('alice', 'bob', 'carol');
  if (!alice || !bob || !carol) throw new Error('somebody is missing');
  const group = await made(alice, 'Readers');
  group.addMembers([bob.address, carol.address], MESIBO_MEMBERFLAG_ALL);
  await bob.news.hears('joined Readers');
  await carol.news.hears('joined Readers');
  const told: string[] = [];
  alice.api.addListener({
    Mesibo_onMessageStatus: (m: MesiboMessage) => {
      const sender = m.getCurrentStatusSender();
      if (sender !== null) told.push(`${sender.getAddress()} ${m.getCurrentStatus()}`);
    },
  });
  const message = group.newMessage();
  message.message = 'to all';
  message.send();
  const all = (status: number) => [bob, carol].map(({ address }) => `${address} ${status}`);
  const hears = (status: number) =>
    eventually(() => all(status).every((each) => told.includes(each)), `status ${status}; heard: ${told}`);
  await hears(2);
  const timeOf = (peer: string | null) =>
    new Promise<number>((resolve) => message.getReadTimestamp(peer, (time) => resolve(time?.ts ?? 0)));
  for (const reader of [bob, carol]) {
    expect(await timeOf(reader.address)).toBe(0);
    await reader.heard.message('to all');
    const session = groupOf(reader, group).createReadSession(null);
    session.enableReadReceipt(true);
    await session.read(10);
    await eventually(() => told.includes(`${reader.address} 3`), `${reader.address} to have read it`);
    expect(await timeOf(reader.address)).toBeGreaterThan(0);
    expect(await timeOf(null)).toBeGreaterThan(0);
  }
  await hears(3);
  expect([...told].sort()).toEqual([...all(2), ...all(3)].sort());
});

it('shows everybody the name, status and picture that who may modify it saves', async () => {
  const [alice, bob] = await parties('alice', 'bob');
  if (!alice || !bob) throw new Error('somebody is missing');
  const group = await made(alice, 'Club');
  group.addMembers(bob.address, MESIBO_MEMBERFLAG_ALL);
  await bob.news.hears('joined Club');
  const there = groupOf(bob, group);
  there.setName('My name for it');
  expect(there.save()).toBe(0);
  group.setName('Book club');
  group.setStatus('Now reading: Emma');
  group.setImageUrl('https://example.com/emma.png');
  const published: boolean[] = [];
  group.addListener({ MesiboProfile_onPublish: (_: unknown, isDone: boolean) => published.push(isDone) });
  expect(group.save()).toBe(0);
  await bob.news.hears('settings Book club');
  await eventually(() => published.length > 0, 'the answer');
  expect(published).toEqual([true]);
  for (const profile of [group, there]) {
    expect([profile.getStatus(), profile.getImage().getUrl()]).toEqual([
      'Now reading: Emma',
      'https://example.com/emma.png',
    ]);
  }
  expect([group.getName(), there.getName()]).toEqual(['Book club', 'My name for it']);
  // Who may not modify it keeps what he sets for himself.
  group.setProperties({ name: 'Poetry club' });
  await bob.news.hears('settings Poetry club');
  await eventually(() => group.getName() === 'Poetry club', 'the new name with who gave it');
  expect(there.publish()).not.toBe(0);
});

it('says that a group is paused, and which groups one is in no more', async () => {
  const [alice, bob] = await parties('alice', 'bob');
  if (!alice || !bob) throw new Error('somebody is missing');
  const group = await made(alice, 'Quiet');
  group.addMembers(bob.address, MESIBO_MEMBERFLAG_ALL);
  await bob.news.hears('joined Quiet');
  const there = groupOf(bob, group);
  const said = there.newMessage();
  said.message = 'still here';
  said.send();
  await alice.heard.message('still here');
  group.setProperties({ flags: MESIBO_GROUPFLAG_PAUSE });
  await bob.news.hears('settings Quiet');
  const refused = there.newMessage();
  refused.message = 'too late';
  refused.send();
  await bob.heard.status(refused, MESIBO_MSGSTATUS_GROUPPAUSED);
  expect([there.isActive(), there.getAdmin(), there.getRequestId()]).toEqual([true, null, 0]);
  group.removeMember(bob.address);
  await bob.news.hears('left Quiet');
  expect(there.isActive()).toBe(false);
  expect(bob.api.getGroupProfiles()).toEqual([there]);
  bob.api.hideInactiveGroupProfiles();
  expect(bob.api.getGroupProfiles()).toEqual([]);
  bob.api.hideInactiveGroupProfiles(true);
  expect(bob.api.getGroupProfiles()).toEqual([there]);
});

it('gives a group a picture, renews the link to it when it has run out, and takes it away', async () => {
  const [alice, bob] = await parties('alice', 'bob');
  if (!alice || !bob) throw new Error('somebody is missing');
  const group = await made(alice, 'Painters');
  group.addMembers([bob.address], MESIBO_MEMBERFLAG_ALL);
  await bob.news.hears('joined Painters');
  const seen = groupOf(bob, group);
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  );
  expect(group.setImage(new Blob([png]))).toBe(0);
  await bob.heard.until(() => !seen.getImage().isEmpty(), 'the picture');
  const url = seen.getImage().getUrl();
  expect(Buffer.from(await (await fetch(url)).arrayBuffer())).toEqual(png);

  const change = (image: string) =>
    fetch(`${chat.server.url}/v1/groups/${group.groupid}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${testAppToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ image }),
    });
  const expired = url.replace(/expires=\d+/, 'expires=1').replace(/^.*\/\/[^/]*/, 'http://another.name');
  // It is seen for a moment only, which may be over before the answer is here.
  const isChanged = bob.heard.until(() => seen.getImage().getUrl() === expired, 'the change');
  expect((await change(expired)).status).toBe(200);
  await isChanged;
  // Links are the same for an hour.
  await bob.heard.until(() => seen.getImage().getUrl() === url, 'a link that holds');
  expect((await change('')).status).toBe(200);
  await bob.heard.until(() => seen.getImage().isEmpty(), 'no picture');
  expect(seen.canModify()).toBe(false);
  expect(group.canModify()).toBe(true);
});
