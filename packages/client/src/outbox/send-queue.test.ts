import { limits } from '@stoa/protocol';
import { array, assert, constant, nat, oneof, property, record } from 'fast-check';
import { expect, it } from 'vitest';
import { type MessageRecord, outboxOrder } from '../store/index.ts';
import { SendQueue } from './send-queue.ts';

const send = (id: number): MessageRecord => ({
  conversation: 'u:bob',
  order: outboxOrder(id),
  seq: 0,
  mid: 0,
  id,
  localId: id,
  from: 'alice',
  outgoing: true,
  ts: 0,
  type: 0,
  flags: 3,
  content: {},
  pending: id,
});

const queueOf = (count: number): SendQueue => {
  const queue = new SendQueue();
  for (let id = 1; id <= count; id++) queue.add(send(id), false);
  return queue;
};
const ids = (taken: readonly { record: MessageRecord }[]) => taken.map(({ record: { id } }) => id);

it('sends everything once, in order', () => {
  const queue = queueOf(3);
  expect(ids(queue.take(0))).toEqual([1, 2, 3]);
  expect(queue.take(0)).toEqual([]);
  queue.add(send(4), false);
  expect(ids(queue.take(0))).toEqual([4]);
});

it('leaves no more unanswered than the protocol allows', () => {
  const queue = queueOf(limits.sendWindow + 10);
  expect(queue.take(0)).toHaveLength(limits.sendWindow);
  queue.accepted(1);
  queue.accepted(2);
  expect(ids(queue.take(0))).toEqual([limits.sendWindow + 1, limits.sendWindow + 2]);
});

it('sends all that is unanswered again after a connection is lost', () => {
  const queue = queueOf(3);
  expect(queue.take(0).map(({ tried }) => tried)).toEqual([false, false, false]);
  queue.accepted(2);
  queue.disconnected();
  const again = queue.take(0);
  expect(ids(again)).toEqual([1, 3]);
  expect(again.map(({ tried }) => tried)).toEqual([true, true]);
});

it('keeps the place of what the server cannot take now, and goes on carefully after a pause', () => {
  const queue = queueOf(4);
  queue.take(0);
  queue.accepted(1);
  expect(queue.postponed(2, 1_000, 500, 1)).toBe(1);
  expect(queue.postponed(3, 1_000, 400, 1)).toBe(1);
  // What was refused together is one failure: 0.3 seconds, less than the server asked for.
  expect(queue.pausedUntil).toBe(1_500);
  expect(queue.take(1_499)).toEqual([]);
  queue.accepted(4);
  expect(ids(queue.take(1_500))).toEqual([2]);
  expect(queue.take(1_500)).toEqual([]);
  queue.accepted(2);
  expect(ids(queue.take(1_500))).toEqual([3]);
});

it('pauses longer with every failure, until a success', () => {
  const queue = queueOf(1);
  const pauses: number[] = [];
  let now = 0;
  for (let attempt = 1; attempt <= 4; attempt++) {
    queue.take(now);
    expect(queue.postponed(1, now, 0, 1)).toBe(attempt);
    pauses.push(queue.pausedUntil - now);
    now = queue.pausedUntil;
  }
  expect(pauses).toEqual([300, 600, 1_200, 2_400]);
  queue.take(now);
  queue.accepted(1);
  queue.add(send(2), false);
  queue.take(now);
  queue.postponed(2, now, 0, 1);
  expect(queue.pausedUntil - now).toBe(300);
});

it('tells what the server cannot know of', () => {
  const queue = new SendQueue();
  queue.add(send(1), true);
  queue.add(send(2), false);
  expect(queue.untried().map(({ id }) => id)).toEqual([2]);
  expect(queue.idsIn('u:bob')).toEqual([1, 2]);
  expect(queue.idsIn('u:carol')).toEqual([]);
});

it('transmits in order and never forgets a send, whatever happens', () => {
  const step = oneof(
    record({ what: constant('add' as const) }),
    record({ what: constant('take' as const), wait: nat(2_000) }),
    record({ what: constant('accept' as const), which: nat(20) }),
    record({ what: constant('postpone' as const), which: nat(20) }),
    record({ what: constant('disconnect' as const) }),
  );
  assert(
    property(array(step, { maxLength: 60 }), (steps) => {
      const queue = new SendQueue();
      const unanswered = new Set<number>();
      let inFlight: number[] = [];
      let [now, last] = [0, 0];
      const takeAll = () => {
        const taken = ids(queue.take(now));
        expect(taken).toEqual([...taken].sort((a, b) => a - b));
        for (const id of taken) expect(inFlight).not.toContain(id);
        inFlight.push(...taken);
      };
      for (const one of steps) {
        if (one.what === 'add') {
          last += 1;
          queue.add(send(last), false);
          unanswered.add(last);
        } else if (one.what === 'take') {
          now += one.wait;
          takeAll();
        } else if (one.what === 'disconnect') {
          queue.disconnected();
          inFlight = [];
        } else {
          const [id] = inFlight.splice(one.which % Math.max(1, inFlight.length), 1);
          if (id === undefined) continue;
          if (one.what === 'postpone') queue.postponed(id, now, 100, 0.5);
          else {
            queue.accepted(id);
            unanswered.delete(id);
          }
        }
      }
      // A server that answers everything gets everything.
      for (let round = 0; unanswered.size > 0 && round < 200; round++) {
        now += 60_000;
        takeAll();
        for (const id of inFlight) {
          queue.accepted(id);
          unanswered.delete(id);
        }
        inFlight = [];
      }
      expect(unanswered).toEqual(new Set());
    }),
  );
});
