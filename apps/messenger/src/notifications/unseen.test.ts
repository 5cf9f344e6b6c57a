import type { LocalMessage } from '@stoa/client';
import { expect, it, vi } from 'vitest';
import { tellUnseen } from './unseen.ts';

it('tells of a message once, also after what was told could not be read any more', async () => {
  const kept = new Map([['stoa.told.ann', '["1","2']]);
  const shown: string[] = [];
  const showNotification = (title: string) => shown.push(title);
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  });
  vi.stubGlobal('navigator', {
    locks: { query: async () => ({}), request: (_: string, work: () => Promise<void>) => work() },
    serviceWorker: { getRegistration: async () => ({ showNotification }) },
  });
  const message = { mid: '3' } as object as LocalMessage;
  for (let time = 0; time < 2; time += 1) {
    await tellUnseen('ann', message, { title: 'Bob', options: {} } as never);
  }
  expect(shown).toEqual(['Bob']);
});
