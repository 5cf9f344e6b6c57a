import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  hasReached,
  type PeerProgress,
  type PeerState,
  progressOfMembers,
  withProgress,
} from './peer-progress.ts';

const nothing: PeerState = { peerCursor: { delivered: 0, deliveredAt: 0, read: 0, readAt: 0 } };
const seqs = Array.from({ length: 30 }, (_, index) => index + 1);

const told = fc
  .record({ after: fc.nat(20), delivered: fc.nat(30), read: fc.nat(30) })
  .map(({ after, delivered, read }) => ({ after, delivered, read, deliveredAt: 1, readAt: 1 }));

it('knows of exactly the places that were for somebody who has got so far', () => {
  fc.assert(
    fc.property(fc.array(told, { maxLength: 12 }), (all) => {
      let state = nothing;
      for (const progress of all) {
        const before = state;
        const { from, ...after } = withProgress(state, progress) ?? { ...state, from: 30 };
        state = after;
        for (const which of ['delivered', 'read'] as const) {
          const fresh = seqs.filter(
            (seq) => hasReached(which, seq, state) && !hasReached(which, seq, before),
          );
          expect(fresh.filter((seq) => seq <= from)).toEqual([]);
        }
      }
      const covers = (which: 'delivered' | 'read') => (seq: number) =>
        all.some(({ after, delivered, read }) => {
          return seq > after && seq <= (which === 'read' ? read : Math.max(delivered, read));
        });
      expect(seqs.filter((seq) => hasReached('delivered', seq, state))).toEqual(
        seqs.filter(covers('delivered')),
      );
      expect(seqs.filter((seq) => hasReached('read', seq, state))).toEqual(seqs.filter(covers('read')));
    }),
  );
});

it('takes what members say together like what each of them says', () => {
  fc.assert(
    fc.property(fc.array(told, { maxLength: 12 }), (all) => {
      const members = all.map(({ after, delivered, read }) => ({ user: 'bob', after, delivered, read }));
      const take = (state: PeerState, progress: PeerProgress): PeerState =>
        withProgress(state, progress) ?? state;
      const together = progressOfMembers({ t: 'receipts', conv: 1, members, ts: 1 }).reduce(take, nothing);
      const each = all.reduce(take, nothing);
      for (const which of ['delivered', 'read'] as const) {
        expect(seqs.map((seq) => hasReached(which, seq, together))).toEqual(
          seqs.map((seq) => hasReached(which, seq, each)),
        );
      }
    }),
  );
});
