import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { Chat, profileOf } from '../testing/chat.ts';
import { eventually } from '../testing/eventually.ts';

let chat: Chat;
beforeAll(async () => {
  chat = await Chat.start();
});
afterEach(() => chat.signOutAll());
afterAll(() => chat.close());

const blockedStatus = 0x88;

it('has the server refuse messages of a blocked user, and tells all devices', async () => {
  const [alice, bob] = await chat.pair();
  const other = await chat.signIn(alice.address);
  profileOf(bob, alice).sendMessage(0, 'hello');
  await alice.heard.message('hello');
  const profile = profileOf(alice, bob);
  expect(profile.isBlocked()).toBe(false);
  expect(profile.block()).toBe(0);
  const there = profileOf(other, bob);
  await other.heard.until(
    () => other.heard.profiles.includes(there) && there.isBlocked(),
    'the other device to learn of it',
  );
  expect(profile.isBlocked() && profile.isMessageBlocked()).toBe(true);

  const refused = profileOf(bob, alice).newMessage();
  refused.message = 'are you there?';
  refused.send();
  await bob.heard.status(refused, blockedStatus);
  expect(refused.isFailed()).toBe(true);

  there.toggleBlock();
  await alice.heard.until(() => !profile.isBlocked(), 'the end of the block');
  expect(refused.resend()).toBe(0);
  await alice.heard.message('are you there?');
});

it('keeps drafts and marks on all devices', async () => {
  const [alice, bob] = await chat.pair();
  const other = await chat.signIn(alice.address);
  const [here, there] = [profileOf(alice, bob), profileOf(other, bob)];
  here.setDraft('About tonight');
  expect(here.getDraft()).toBe('About tonight');
  here.markUnread();
  here.favorite();
  here.setMuted(true);
  here.archive();
  const marks = () => [there.isFavorite(), there.isMuted(), there.isArchived(), there.isHidden()].join(' ');
  await eventually(
    () =>
      there.getDraft() === 'About tonight' && there.isMarkedUnread() && marks() === 'true true true false',
    'the draft and the mark',
  );
  there.setDraft('');
  there.markRead();
  there.toggleMute();
  await eventually(
    () => here.getDraft() === '' && !here.isMarkedUnread() && !here.isMuted() && here.isArchived(),
    'the end of what was taken back',
  );
});

it('blocks calls, the profile or messages in groups alone, on all devices', async () => {
  const [alice, bob] = await chat.pair();
  const other = await chat.signIn(alice.address);
  const [here, there] = [profileOf(alice, bob), profileOf(other, bob)];
  const parts = () => [there.isBlocked(), there.isCallBlocked(), there.isProfileBlocked()].join(' ');
  expect([here.blockCalls(), here.setContact()]).toEqual([0, undefined]);
  await eventually(() => parts() === 'false true false' && there.isContact(), 'the block of calls');
  here.blockProfile();
  await eventually(() => parts() === 'false true true', 'the block of the profile');
  here.blockCalls(false);
  await eventually(() => parts() === 'false false true', 'the end of the block of calls');
  expect([here.blockGroupMessages(), here.blockProfile(false)]).toEqual([0, 0]);
  await eventually(
    () => parts() === 'false false false' && there.isGroupMessageBlocked(),
    'the block in groups',
  );
  here.blockGroupMessages(false);
  await eventually(() => !there.isGroupMessageBlocked(), 'the end of the block in groups');
});
