import { setImmediate } from 'node:timers/promises';
import { createInProcessBus } from '@stoa/bus';
import { expect, it } from 'vitest';
import { subjects, type UserEvent } from '../events.ts';
import { followDevice } from './follow-device.ts';

const device = { uid: 7, dev: 1 };

it.each([
  ['counts as signed out when its token ends', async () => 5, true],
  ['stays when the token of another device ends', async () => 6, false],
  [
    'counts as signed out when nobody can say whose token ends',
    () => Promise.reject(new Error('away')),
    true,
  ],
])('a device %s', async (_what, tokenOf, isOut) => {
  const bus = createInProcessBus();
  const heard: string[] = [];
  const told = { tokenOf, onError: () => heard.push('error') };
  const following = await followDevice({ bus, ...told }, device, () => heard.push('out'));
  const ended: UserEvent = { type: 'end-sessions', reason: 'unauthorized', tokenId: 5 };
  bus.publish(subjects.user(device.uid), ended);
  await setImmediate();
  expect(heard.includes('out')).toBe(isOut);
  following.unsubscribe();
});
