import { createInProcessBus } from '@stoa/bus';
import { type CursorAdvance, StoreUnavailableError } from '@stoa/storage';
import { ManualClock } from '@stoa/testkit';
import { beforeEach, expect, it } from 'vitest';
import { GroupReceipts } from './group-receipts.ts';

const conv = 5;
/** Members from the beginning. */
const spans = [{ after: 0, upto: null }];
const clock = new ManualClock();
let advanced: CursorAdvance[] = [];
/** Places behind and up to which it was asked who has sent. */
let askedFor: [number, number][] = [];
let receipts: GroupReceipts;
let isSilent = false;

beforeEach(() => {
  advanced = [];
  askedFor = [];
  isSilent = false;
  receipts = new GroupReceipts({
    cursors: Object.assign(Object.create(null), {
      advance: async (advance: CursorAdvance) => {
        advanced.push(advance);
        return { delivered: advance.seq };
      },
      forDevice: async () => ({ own: { read: 3 } }),
    }),
    groups: {
      senders: async (_: number, after: number, upto: number) => {
        askedFor.push([after, upto]);
        if (isSilent) throw new StoreUnavailableError('away');
        return [];
      },
      settled: async () => undefined,
      spans: async () => spans,
    },
    bus: createInProcessBus(),
    clock,
    onError: (error) => {
      throw error;
    },
  });
});

/** So many members say that they have everything up to this place. */
function received(members: number, seq: number): void {
  for (let uid = 1; uid <= members; uid += 1) {
    const reader = { aid: 1, uid, address: `member-${uid}`, dev: uid };
    receipts.add(reader, conv, { kind: 'received', after: seq - 1, seq, spans });
  }
}

it('of few members are stored at the next occasion', async () => {
  received(20, 1);
  await receipts.sweep();
  expect(advanced).toHaveLength(20);
});

it('of many members wait a second, and each costs one advance however many messages came in it', async () => {
  received(300, 1);
  clock.advance(500);
  await receipts.sweep();
  expect(advanced).toEqual([]);
  received(300, 2);
  clock.advance(500);
  await receipts.sweep();
  expect(advanced).toHaveLength(300);
  expect(new Set(advanced.map(({ seq }) => seq))).toEqual(new Set([2]));
});

it('of many members do not hold up a read mark', async () => {
  received(300, 1);
  const reader = { aid: 1, uid: 7, address: 'member-7', dev: 7 };
  const marked = receipts.add(reader, conv, { kind: 'read', after: 0, seq: 1, spans });
  await receipts.sweep();
  await marked;
  expect(advanced).toHaveLength(301);
});

it('of many members are stored before the node stops', async () => {
  received(300, 1);
  await receipts.flush();
  expect(advanced).toHaveLength(300);
});

it('ask a store that is away once at a time whom to tell, and all when it is back', async () => {
  isSilent = true;
  const reader = { aid: 1, uid: 7, address: 'member-7', dev: 7 };
  for (let other = 1; other <= 20; other += 1)
    receipts.add(reader, other, { kind: 'received', after: other, seq: 100, spans });
  await receipts.sweep();
  expect(askedFor).toHaveLength(20);
  await receipts.sweep();
  await receipts.sweep();
  expect(askedFor).toHaveLength(22);
  isSilent = false;
  askedFor = [];
  await receipts.sweep();
  expect(askedFor.map(([after]) => after).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 20 }, (_, index) => index + 1),
  );
  await receipts.sweep();
  expect(askedFor).toHaveLength(20);
});

it('of somebody without a session are told to all who sent since what he has read before', async () => {
  const reader = { aid: 1, uid: 7, address: 'member-7', dev: 0 };
  const marked = receipts.markRead(reader, conv, 9);
  await Promise.resolve();
  await receipts.sweep();
  await marked;
  expect(askedFor).toEqual([[3, 9]]);
});
