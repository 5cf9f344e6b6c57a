import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Mesibo } from '../mesibo.ts';
import { Chat, profileOf } from '../testing/chat.ts';
import { eventually } from '../testing/eventually.ts';
import type { MesiboProfile } from './profile.ts';

let chat: Chat;

beforeAll(async () => {
  chat = await Chat.start();
});
afterEach(() => chat.signOutAll());
afterAll(() => chat.close());

function bobOf(api: Mesibo): MesiboProfile {
  const bob = api.getProfile('bob', 0);
  if (bob === null) throw new Error('There is no such profile.');
  return bob;
}

describe('a profile', () => {
  it('is the same object every time, and takes properties of the application', () => {
    const api = new Mesibo();
    const bob = bobOf(api);
    expect(api.getProfile('bob')).toBe(bob);
    expect(api.getUserProfile('bob')).toBe(bob);
    expect(api.getProfileIfExists('bob', 0)).toBe(bob);
    expect(api.getProfileIfExists('eve', 0)).toBe(null);
    expect(bob.newMessage().profile).toBe(bob);
    expect(api.getProfile(null, 96734)).toBe(api.getGroupProfile(96734));
    Object.assign(bob, { $$hashKey: 'object:1' });
    expect(Reflect.get(bobOf(api), '$$hashKey')).toBe('object:1');
  });

  it('leaves to the console what its listeners throw, and goes on', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    const [ann, ben] = await chat.pair();
    const published: boolean[] = [];
    const listener = {
      MesiboProfile_onUpdate() {
        throw new Error('a bug of the application');
      },
      MesiboProfile_onPublish(_profile: MesiboProfile, isDone: boolean) {
        published.push(isDone);
        throw new Error('another one');
      },
    };
    const self = ann.api.getSelfProfile();
    for (const profile of [self, profileOf(ann, ben)]) profile.addListener(listener);
    self.setStatus('Here');
    expect(self.save()).toBe(0);
    await eventually(() => published.length > 0, 'the publication');
    profileOf(ben, ann).sendMessage(0, 'Hello');
    await ann.heard.message('Hello');
    expect(published).toEqual([true]);
    expect(error).toHaveBeenCalled();
    error.mockRestore();
  });

  it('answers what templates ask on every digest, synchronously and without a connection', () => {
    const api = new Mesibo();
    const bob = bobOf(api);
    expect([bob.getAddress(), bob.getGroupId(), bob.isGroup(), bob.getGroupProfile()]).toEqual([
      'bob',
      0,
      false,
      null,
    ]);
    expect([bob.getName(), bob.getNameOrAddress(''), bob.getFirstNameOrAddress()]).toEqual([
      '',
      'bob',
      'bob',
    ]);
    expect([bob.isOnline(), bob.isTyping(), bob.isTypingInGroup(1), bob.isChatting()]).toEqual(
      Array(4).fill(false),
    );
    expect([bob.getLastSeen(), bob.isBlocked(), bob.getString('status', 'none')]).toEqual([
      null,
      false,
      'none',
    ]);
    expect(bob.getImage()).toBe(bob.getImage());
    expect([bob.getImage().getThumbnail(), bob.getImage().isEmpty(), bob.getThumbnail()]).toEqual([
      '',
      true,
      '',
    ]);
    expect(bob.getValues()).toEqual({});
    expect(api.getSortedProfiles()).toBe(api.getSortedProfiles());
    expect(api.getSelfProfile().getNameOrAddress('')).toBe('');
    const group = api.getGroupProfile(96734);
    expect([group?.isGroup(), group?.getGroupProfile(), group?.getNameOrAddress()]).toEqual([
      true,
      group,
      'Group 96734',
    ]);
  });

  it('asks the application for a name and an image once, when it has none', () => {
    const api = new Mesibo();
    const bob = bobOf(api);
    let asked = 0;
    api.setListener({
      Mesibo_onGetProfileName(p: { getAddress(): string }) {
        asked += 1;
        return `+${p.getAddress()}`;
      },
      Mesibo_onGetProfileImage: () => 'images/default.jpg',
    });
    expect([bob.getNameOrAddress(), bob.getNameOrAddress(), bob.getName()]).toEqual(['+bob', '+bob', '']);
    expect(asked).toBe(1);
    expect(bob.getImage().getImageOrThumbnail()).toBe('images/default.jpg');
    bob.setName('Bob');
    expect(bob.getNameOrAddress()).toBe('Bob');
    bob.setOverrideName('Bobby');
    expect(bob.getName()).toBe('Bobby');
  });

  it('keeps values and marks with the database', async () => {
    const first = await chat.prepare('alice', 'profiles');
    const bob = bobOf(first.api);
    first.api.setKey('open', 'it');
    bob.setName('Bob B.');
    bob.setStatus('away');
    bob.setInt('age', 42);
    bob.setPrivate(true);
    expect(bob.save()).toBe(0);
    const second = await chat.prepare('alice', 'profiles');
    second.api.readKey('open');
    const again = bobOf(second.api);
    expect([again.getName(), again.getFirstName(), again.getStatus(), again.getInt('age')]).toEqual([
      'Bob B.',
      'Bob',
      'away',
      42,
    ]);
    expect(again.getValues()).toEqual({ status: 'away', age: 42 });
  });

  it('learns its name from the server', async () => {
    const [alice, bob] = await chat.pair();
    profileOf(alice, bob).sendMessage(0, 'hi');
    await bob.heard.message('hi');
    const known = profileOf(bob, alice);
    const isTold = () => known.getName() === alice.address && bob.heard.profiles.includes(known);
    await bob.heard.until(isTold, 'the name');
    expect(bob.api.getSortedProfiles()).toEqual([known]);
    expect(bob.api.getRecentProfiles()).toEqual([profileOf(bob, alice)]);
  });

  it('says of itself what others see, with a picture', async () => {
    const [alice, party] = await chat.pair();
    const other = await chat.signIn(party.address);
    const bob = profileOf(alice, party);
    const self = party.api.getSelfProfile();
    self.setName('Bob the Builder');
    self.setStatus('Can he fix it?');
    self.setInt('age', 42);
    expect(self.save()).toBe(0);
    // Who asks while it is being changed may be told the name a moment later.
    const isTold = () => bob.getString('status') === 'Can he fix it?' && bob.getName() === 'Bob the Builder';
    await alice.heard.until(isTold, 'the name and the status');
    expect([bob.getName(), bob.getInt('age'), bob.getValues()]).toEqual([
      'Bob the Builder',
      42,
      { status: 'Can he fix it?', age: 42 },
    ]);
    await other.heard.until(() => other.api.getSelfProfile().getInt('age') === 42, 'the own profile');
    expect(self.setImage(new Blob([png]))).toBe(0);
    await alice.heard.until(() => !bob.getImage().isEmpty(), 'the picture');
    const response = await fetch(bob.getImage().getUrl());
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(png);
    expect(self.setVisibility(0)).toBe(0);
    await alice.heard.until(() => bob.getImage().isEmpty() && bob.getStatus() === '', 'nothing to see');
  });

  it('shows what has an access level to contacts who were given it', async () => {
    const [alice, party] = await chat.pair();
    const bob = profileOf(alice, party);
    const self = party.api.getSelfProfile();
    self.setString('phone', '12345');
    self.save();
    self.publish();
    await alice.heard.until(() => bob.getString('phone', '') === '12345', 'the number');
    expect(self.setAccessLevel('phone', 7)).toBe(0);
    expect(self.setAccessLevel('phone', 300)).not.toBe(0);
    await alice.heard.until(() => bob.getString('phone', '') === '', 'no number');
    expect(profileOf(party, alice).setProfileAccessLevels([7])).toBe(0);
    await alice.heard.until(() => bob.getString('phone', '') === '12345', 'the number again');
    expect(profileOf(party, alice).isContact()).toBe(true);
    expect(self.resetAccessLevels()).toBe(0);
  });

  it('publishes a value for an access level, and never for more people before that', async () => {
    const [alice, party] = await chat.pair();
    const bob = profileOf(alice, party);
    const shown: string[] = [];
    alice.api.addListener({ Mesibo_onProfileUpdated: () => shown.push(bob.getString('home', '')) });
    const self = party.api.getSelfProfile();
    self.setString('home', 'Elm Street', 5);
    self.setString('secret', 'mine', 4.5);
    self.setString('status', 'at home', 5);
    self.setString('town', 'Springwood');
    self.save();
    await alice.heard.until(() => bob.getString('town') === 'Springwood', 'what everybody sees');
    expect([...new Set(shown), bob.getStatus(), bob.hasValue('secret')]).toEqual(['', '', false]);
    profileOf(party, alice).setProfileAccessLevels([5]);
    await alice.heard.until(() => bob.getString('home') === 'Elm Street', 'what the level shows');
    expect([bob.getStatus(), bob.hasValue('secret')]).toEqual(['at home', false]);
  });

  it('can be arranged, counted, and compared', async () => {
    const [alice, party] = await chat.pair();
    const [bob, self] = [profileOf(alice, party), alice.api.getSelfProfile()];
    for (const toggle of ['toggleFavorite', 'toggleArchive', 'toggleMuted'] as const) bob[toggle]();
    expect([bob.isFavorite(), bob.isArchived(), bob.isMuted(), bob.isHidden()]).toEqual([
      true,
      true,
      true,
      false,
    ]);
    bob.toggleArchive();
    bob.setPrivate(true);
    expect([bob.isArchived(), bob.isPrivate(), bob.isVideoCallBlocked()]).toEqual([false, true, false]);
    const asked = bob.newMessage();
    asked.message = 'question';
    asked.send();
    const question = await party.heard.message('question');
    const answer = question.reply();
    answer.message = 'answer';
    answer.send();
    await alice.heard.message('answer');
    await alice.heard.status(asked, 2);
    expect([await bob.getTotalMessageCount(), await bob.getTotalMessageCount(asked.mid)]).toEqual([2, 1]);
    expect([await bob.getSentMessageCount(), await bob.getReceivedMessageCount()]).toEqual([1, 1]);
    expect(await bob.getFailedMessageCount()).toBe(0);
    const carol = profileOf(alice, 'carol');
    expect(alice.api.getRecentProfiles()).toEqual([bob]);
    carol.setRecent();
    expect(new Set(alice.api.getRecentProfiles())).toEqual(new Set([carol, bob]));
    const copy = bob.cloneProfile();
    expect([copy === bob, copy.getHashCode() === bob.getHashCode(), copy.getName()]).toEqual([
      false,
      true,
      bob.getName(),
    ]);
    expect(bob.getHashCode()).not.toBe(carol.getHashCode());
    copy.setName('Robert');
    expect(bob.getName()).not.toBe('Robert');
    expect([self.setSyncType(0), self.setSyncType(1), bob.subscribeTransient(1, 3, 5)]).toEqual([
      0, 0x80, 0x80,
    ]);
  });

  it('refuses what does not exist yet', async () => {
    const { api } = await chat.prepare('alice');
    const bob = bobOf(api);
    expect([bob.blockVideoCalls(true), bob.setImage('element'), bob.publish()]).toEqual([0x80, 0x80, 0x80]);
    expect(bob.isBlocked()).toBe(false);
  });
});

describe('presence', () => {
  it('shows who is online, and since when no more', async () => {
    const [alice, party] = await chat.pair();
    const bob = profileOf(alice, party);
    await alice.heard.until(() => bob.isOnline(), 'bob online');
    expect(alice.heard.presence.at(-1)?.profile).toBe(bob);
    party.api.stop();
    await alice.heard.until(() => !bob.isOnline(), 'bob offline');
    expect(Math.abs((bob.getLastSeen()?.ts ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it('shows typing until a message comes, and joining until leaving', async () => {
    const [alice, bob] = await chat.pair();
    const activities: unknown[] = [];
    bob.api.addListener({
      Mesibo_OnActivity: (m: { peer: string }, activity: number) => activities.push([m.peer, activity]),
    });
    const sender = profileOf(bob, alice);
    profileOf(alice, bob).sendJoined();
    profileOf(alice, bob).sendTyping();
    await bob.heard.until(() => sender.isTyping(), 'typing');
    expect(sender.isChatting()).toBe(true);
    const event = bob.heard.presence.find((presence) => presence.isTyping());
    expect(event?.isPresence() && !event.isMessage()).toBe(true);
    expect(event?.getSenderProfile()).toBe(sender);
    expect(activities).toContainEqual([alice.address, 3]);
    profileOf(alice, bob).sendMessage(0, 'typed');
    await bob.heard.message('typed');
    expect(sender.isTyping()).toBe(false);
    profileOf(alice, bob).sendLeft();
    await bob.heard.until(() => !sender.isChatting(), 'left');
  });

  it('tells the application when typing ends by itself', async () => {
    const [alice, bob] = await chat.pair();
    profileOf(alice, bob).sendActivity(alice.api.random(), 3, 0, 1);
    await bob.heard.until(() => profileOf(bob, alice).isTyping(), 'typing');
    const hasEnded = () => bob.heard.presence.some((presence) => presence.isTypingCleared());
    await bob.heard.until(hasEnded, 'the end of typing');
    expect(profileOf(bob, alice).isTyping()).toBe(false);
  });

  it('carries values of the application', async () => {
    const [alice, bob] = await chat.pair();
    profileOf(alice, bob).newPresence().send(2001, 0, 5);
    const received = () => bob.heard.presence.find(({ presence }) => presence === 2001);
    await bob.heard.until(() => received() !== undefined, 'the value');
    expect(received()).toMatchObject({ peer: alice.address, value: 2001, interval: 5 });
  });
});

describe('objects that applications hold', () => {
  it('can be copied, turned into JSON and put behind a proxy', async () => {
    const [alice, bob] = await chat.pair();
    profileOf(alice, bob).sendMessage(0, 'hold me');
    const m = await bob.heard.message('hold me');
    expect(JSON.parse(JSON.stringify(m))).toMatchObject({
      peer: alice.address,
      message: 'hold me',
      status: 0x12,
    });
    expect(structuredClone({ ...m, profile: null })).toMatchObject({ mid: m.mid, peer: alice.address });
    expect(structuredClone(m)).toMatchObject({ mid: m.mid, peer: alice.address });
    const reactive = new Proxy(m, {});
    expect([reactive.isIncoming(), reactive.getTimestamp(), String(reactive.data)]).toEqual([
      true,
      m.date,
      'hold me',
    ]);
    const profile = new Proxy(profileOf(bob, alice), {});
    await bob.heard.until(() => profile.isOnline(), 'the peer online');
    expect([profile.getNameOrAddress(), profile.isSelfProfile()]).toEqual([alice.address, false]);
  });

  it('has date rows that are no messages', async () => {
    const m = bobOf(new Mesibo()).newMessage();
    const row = m.cloneDate();
    expect([row.isDate(), row.isMessage(), row.isOutgoing(), row.isIncoming(), row.isCall()]).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
    expect([m.isDate(), m.isMessage()]).toEqual([false, true]);
    expect(row.getTimestamp().getDate(true, 'Today', 'Yesterday')).toBe('Today');
    expect(row).not.toBe(m.cloneDate());
  });
});

const png = Uint8Array.from(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
);
