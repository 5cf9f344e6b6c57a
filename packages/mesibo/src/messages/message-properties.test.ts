import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { Chat, profileOf } from '../testing/chat.ts';
import { MesiboMessage } from './message.ts';

let chat: Chat;
beforeAll(async () => {
  chat = await Chat.start();
});
afterEach(() => chat.signOutAll());
afterAll(() => chat.close());

it('takes its defaults from another message, for as long as it is told to', async () => {
  const { api } = await chat.prepare('ann');
  const usual = profileOf({ api }, 'ben').newMessage();
  const model = profileOf({ api }, 'ben').newMessage();
  model.enableReadReceipt(false);
  model.setExpiry(60);
  model.setAge(5);
  MesiboMessage.setDefaults(model);
  const message = profileOf({ api }, 'carol').newMessage();
  expect([message.flags, message.expiry, message.getAge()]).toEqual([1, 60, 5]);
  message.initDefaults();
  expect([message.flags, message.expiry, message.getAge()]).toEqual([usual.flags, undefined, 0]);
  MesiboMessage.initDefaults();
  expect(profileOf({ api }, 'carol').newMessage().flags).toBe(usual.flags);
});

it('keeps what the application puts on it, and says whether it can be sent', async () => {
  const [ann, ben] = await chat.pair();
  const message = profileOf(ann, ben).newMessage();
  message.enableCustom(true);
  const view = { row: 1 };
  message.setUiContext(view);
  message.setSensitivity(3);
  message.message = 'mark';
  expect([message.isCustom(), message.getUiContext(), message.canSend()]).toEqual([true, view, true]);
  expect(message.getCurrentStatusSender()).toBeNull();
  message.send();
  expect(message.canSend()).toBe(false);
  const received = await ben.heard.message('mark');
  expect([received.getSensitivity(), received.getUiContext(), received.isCustom()]).toEqual([
    3,
    undefined,
    false,
  ]);
  await ann.heard.status(message, 2);
  expect([message.getCurrentStatus(), message.getCurrentStatusSender()]).toEqual([2, profileOf(ann, ben)]);

  const inThread = profileOf(ben, ann).newMessage();
  inThread.message = 'in the thread';
  inThread.setThreadId(received.mid);
  expect(inThread.getThreadId()).toBe(received.mid);
  inThread.send();
  const answer = await ann.heard.message('in the thread');
  expect([answer.getThreadId(), answer.getRepliedToMessage()]).toEqual([message.mid, message]);
  const thread = profileOf(ann, ben).createReadSession(null);
  thread.setThreadId(message.mid);
  expect(await thread.read(10)).toBe(1);
});

it('names its profile by whatever it was described with', async () => {
  const { api } = await chat.prepare('ann');
  expect(api.getProfileFromParams({ peer: 'ben' })).toBe(api.getProfile('ben'));
  expect(api.getProfileFromParams({ groupid: 7 })).toBe(api.getGroupProfile(7));
  expect(api.getProfileFromParams({})).toBeNull();
  expect([
    api.getFileType('a/b.JPG'),
    api.getFileType('https://x/y.mp4?z=1'),
    api.getFileType('c.m4a'),
  ]).toEqual([1, 2, 3]);
  expect([api.getFileType('d.pdf'), api.getFileType('none')]).toEqual([10, 10]);
});

it('goes to the back end alone, and says when nothing there takes it', async () => {
  const [ann, ben] = await chat.pair();
  const message = profileOf(ann, ben).newMessage();
  message.message = 'for the application';
  expect(message.sendToWebhook()).toBe(0);
  await ann.heard.until(() => ann.heard.errors.some(({ code }) => code === 'NOT_FOUND'), 'the refusal');
  expect([ben.heard.texts, message.isInOutbox()]).toEqual([[], true]);
});
