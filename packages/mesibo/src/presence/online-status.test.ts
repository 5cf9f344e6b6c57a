import { SocketClient } from '@stoa/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  MESIBO_GROUP_CONTACTS,
  MESIBO_GROUP_SUBSCRIBED,
  MESIBO_ONLINEMODE_FOREGROUND,
  MESIBO_ONLINEMODE_LOGIN,
} from '../constants/presence.ts';
import { MESIBO_RESULT_BADREQ, MESIBO_RESULT_FAIL, MESIBO_RESULT_OK } from '../constants/result.ts';
import { Chat } from '../testing/chat.ts';

let chat: Chat;
beforeAll(async () => {
  chat = await Chat.start();
});
afterAll(() => chat.close());

it('is what the modes of mesibo say, for its audience', async () => {
  const { api, heard, address } = await chat.prepare('ann');
  const other = await chat.server.addUser('watching-ann');
  const watcher = await SocketClient.open(chat.server.url);
  await watcher.hello(other.token);
  watcher.send({ t: 'watch', peers: [address], on: true });
  const becomes = (value: number) => watcher.next('presence', (frame) => frame.value === value, 20_000);
  await becomes(2);
  api.start();
  await becomes(1);
  api.setAppInForeground(false);
  await becomes(2);
  expect(api.setOnlineStatusMode(MESIBO_ONLINEMODE_LOGIN)).toBe(MESIBO_RESULT_OK);
  await becomes(1);
  api.setOnlineStatus(false);
  await becomes(2);
  api.setAppInForeground(true);
  api.setOnlineStatusMode(MESIBO_ONLINEMODE_FOREGROUND);
  await becomes(1);
  expect(api.setOnlineStatusAudience(MESIBO_GROUP_CONTACTS)).toBe(MESIBO_RESULT_OK);
  await becomes(2);
  expect(api.setOnlineStatusMode(7)).toBe(MESIBO_RESULT_BADREQ);
  expect(api.setOnlineStatusAudience(MESIBO_GROUP_SUBSCRIBED)).toBe(MESIBO_RESULT_FAIL);
  const members = { m: `${address},${other.address}` };
  const { group } = await chat.server.backend('groupadd', { group: { name: 'friends', members } });
  const { gid } = group as { gid: number };
  expect(api.setOnlineStatusAudience(gid)).toBe(MESIBO_RESULT_OK);
  await becomes(1);
  expect(api.setOnlineStatusAudience(-1)).toBe(MESIBO_RESULT_BADREQ);
  api.setOnlineStatusAudience(gid + 1_000);
  await heard.until(
    () => heard.errors.at(-1)?.code === 'PERMISSION_DENIED',
    'the group of others to be refused',
  );
  await watcher.close();
});
