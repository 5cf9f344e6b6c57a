import { testAppToken } from '@stoa/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MESIBO_RESULT_BADREQ, MESIBO_RESULT_OK } from './constants/result.ts';
import { Chat } from './testing/chat.ts';

let chat: Chat;
beforeAll(async () => {
  chat = await Chat.start();
});
afterAll(() => chat.close());

async function registered(address: string): Promise<unknown[]> {
  const response = await fetch(`${chat.server.url}/v1/users/${address}/export`, {
    headers: { authorization: `Bearer ${testAppToken}` },
  });
  const lines = (await response.text()).trim().split('\n');
  return lines
    .map((line) => JSON.parse(line))
    .flatMap(({ kind, provider }) => (kind === 'push' ? [provider] : []));
}
const becomes = (address: string, providers: string[]) =>
  expect.poll(() => registered(address), { timeout: 20_000 }).toEqual(providers);

it('registers the device by what its tokens look like, once it is signed in', async () => {
  const { api, address } = await chat.prepare('ann');
  expect(api.setPushToken('an-fcm:token')).toBe(MESIBO_RESULT_OK);
  api.start();
  await becomes(address, ['fcm']);
  api.setPushToken('AB'.repeat(32));
  await becomes(address, ['apns']);
  api.setPushToken('');
  await becomes(address, []);
  api.setPushToken('CD'.repeat(32), true);
  await becomes(address, ['apns-voip']);
  expect(api.setPushToken('two words')).toBe(MESIBO_RESULT_BADREQ);
});
