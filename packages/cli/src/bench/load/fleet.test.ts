import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shareOf, shares } from './fleet.ts';
import type { LoadTask } from './load-process.ts';

it('deals the users out so that pairs stay together and the first n are spread as amounts are', () => {
  fc.assert(
    fc.property(fc.nat(40), fc.integer({ min: 1, max: 5 }), fc.nat(40), (pairs, processes, amount) => {
      const named = (name: string) =>
        Array.from({ length: pairs }, (_, index) => ({ address: `${name}-${index}`, token: '' }));
      const task: LoadTask = {
        scenario: 'pairs',
        wire: '',
        url: '',
        senders: named('sender'),
        receivers: named('receiver'),
        window: 1,
      };
      const dealt = shares(task, processes);
      expect(dealt.flatMap(({ senders }) => senders).length).toBe(pairs);
      for (const { senders, receivers } of dealt) {
        expect(senders.map(({ address }) => address.replace('sender', 'receiver'))).toEqual(
          receivers.map(({ address }) => address),
        );
      }
      const first = Math.min(amount, pairs);
      const addresses = dealt.flatMap(({ receivers }, process) =>
        receivers.slice(0, shareOf(first, processes, process)).map(({ address }) => address),
      );
      expect(addresses.sort()).toEqual(
        task.receivers
          .slice(0, first)
          .map(({ address }) => address)
          .sort(),
      );
    }),
  );
});
