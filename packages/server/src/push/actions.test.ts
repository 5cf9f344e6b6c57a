import { type Store, StoreUnavailableError } from '@stoa/storage';
import { ManualClock } from '@stoa/testkit';
import { expect, it } from 'vitest';
import { TokenBuckets } from '../limits/index.ts';
import { ActionTickets } from './action-tickets.ts';
import { PushActions } from './actions.ts';

it('an answer is not sent when its sender is told that it could not be', async () => {
  const { now } = new ManualClock();
  const tickets = new ActionTickets({ secret: 'secret', now });
  const [bob, carol] = [
    { aid: 1, uid: 7, address: 'bob', removed: false, active: true },
    { aid: 1, uid: 8, address: 'carol', name: 'Carol', removed: false },
  ];
  const store = {
    users: { find: async () => bob },
    devices: { find: async () => ({ ended: null, tokenId: null }) },
    tokens: { list: async () => [] },
    log: { conversation: async () => ({ conv: 5, key: { kind: 'pair', aid: 1, a: 7, b: 8 } }) },
  };
  const sent: unknown[] = [];
  let isAway = true;
  const actions = new PushActions({
    store: Object.create(store) as Pick<Store, 'devices' | 'log' | 'tokens' | 'users'>,
    now,
    directory: { byUid: () => carol },
    tickets,
    rate: new TokenBuckets({ capacity: 9, fillMs: 1_000, now }),
    send: async (message) => sent.push(message),
    markRead: async () => {
      if (isAway) throw new StoreUnavailableError('away');
    },
  });
  const ticket = tickets.make({ uid: 7, dev: 3, conv: 5, seq: 2 });
  const reply = { action: 'reply', text: 'On my way' } as const;
  await expect(actions.perform(ticket, reply)).rejects.toThrow('away');
  expect(sent).toEqual([]);
  isAway = false;
  await actions.perform(ticket, reply);
  expect(sent).toEqual([
    expect.objectContaining({ from: 'bob', to: 'carol', content: { text: 'On my way' } }),
  ]);
});
