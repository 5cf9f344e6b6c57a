import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MarkChange } from '../store.ts';
import { newGroup, putting } from './group-fixture.ts';
import { bytes, newMessage, newPair, now, type OpenStore, useStore } from './store-under-test.ts';

export function describeMarks(open: OpenStore): void {
  describe('events that mark messages', () => {
    const tested = useStore(open);

    async function setUp() {
      const pair = await newPair(tested.store);
      const { conversation } = pair;
      const append = (sender = pair.alice, more: object = {}) =>
        tested.store.log.append(newMessage({ conversation, sender, content: bytes('{}'), ...more }));
      const mark = (sender: number, target: number, change: MarkChange, more: object = {}) =>
        append(sender, { change: { event: 'react', target, mark: change }, ...more });
      const pin = (sender: number, target: number, isOn: boolean, ts: number) => {
        const change: MarkChange = { removes: { of: 'anybody' }, adds: isOn ? [''] : [] };
        return append(sender, { ts, change: { event: 'pin', target, mark: change } });
      };
      const { conv } = await append();
      const marksAt = async (seq: number) => {
        const [message] = await tested.store.log.read(conv, { after: seq - 1, limit: 1 });
        return message?.special?.marks ?? null;
      };
      /** Who has put what on it. */
      const onMessage = async (seq = 1) =>
        (await marksAt(seq))?.list.map(
          ({ uid, value }) => `${uid === pair.alice ? 'alice' : 'bob'} ${value}`,
        );
      return { ...pair, conv, append, mark, pin, marksAt, onMessage };
    }

    it('are read with their target, in order, with the place of the last of them', async () => {
      const { alice, bob, mark, marksAt, append } = await setUp();
      await mark(alice, 1, on('👍'), { ts: now + 1 });
      await append();
      await mark(bob, 1, on('❤️'), { ts: now + 2 });
      const marks = {
        upto: 4,
        list: [
          { event: 'react', uid: alice, ts: now + 1, value: '👍' },
          { event: 'react', uid: bob, ts: now + 2, value: '❤️' },
        ],
      };
      expect(await marksAt(1)).toEqual(marks);
      // An event tells what is on its target now; other messages know nothing of it.
      expect([await marksAt(2), await marksAt(3), await marksAt(4)]).toEqual([marks, null, marks]);
    });

    it('add once, take away their own or those of anybody, one value or all', async () => {
      const { alice, bob, mark, onMessage } = await setUp();
      for (const user of [alice, bob]) for (const value of ['a', 'b']) await mark(user, 1, on(value));
      await mark(alice, 1, on('a'));
      expect(await onMessage()).toEqual(['alice a', 'alice b', 'bob a', 'bob b']);
      await mark(alice, 1, { removes: { of: 'sender', value: 'a' }, adds: [] });
      expect(await onMessage()).toEqual(['alice b', 'bob a', 'bob b']);
      await mark(alice, 1, { removes: { of: 'sender' }, adds: ['c', 'd'] });
      expect(await onMessage()).toEqual(['bob a', 'bob b', 'alice c', 'alice d']);
      await mark(alice, 1, { removes: { of: 'anybody', value: 'b' }, adds: [] });
      expect(await onMessage()).toEqual(['bob a', 'alice c', 'alice d']);
      await mark(bob, 1, { removes: { of: 'anybody' }, adds: [] });
      expect(await onMessage()).toEqual([]);
    });

    it('do nothing once there is a mark that ends them', async () => {
      const { alice, bob, append, mark, marksAt, onMessage } = await setUp();
      await append();
      const vote = (sender: number, value: string, target = 1) =>
        mark(sender, target, { removes: { of: 'sender' }, adds: [value], unless: 'close' });
      const close = (sender: number) =>
        append(sender, { change: { event: 'close', target: 1, mark: on('') } });
      // In one batch and in another one.
      await Promise.all([vote(alice, 'a'), vote(bob, 'a'), close(alice), vote(bob, 'b')]);
      await vote(alice, 'b');
      expect(await onMessage()).toEqual(['alice a', 'bob a', 'alice ']);
      expect(await marksAt(1)).toMatchObject({ upto: 5 });
      await mark(bob, 1, on('c'));
      await vote(bob, 'b', 2);
      expect([await onMessage(), await onMessage(2)]).toEqual([
        ['alice a', 'bob a', 'alice ', 'bob c'],
        ['bob b'],
      ]);
    });

    it('leave edits be, and go with the content of a recalled message', async () => {
      const { alice, bob, append, mark, marksAt, onMessage } = await setUp();
      await mark(bob, 1, on('x'));
      await append(alice, { change: { event: 'edit', target: 1 }, content: bytes('new') });
      expect(await onMessage()).toEqual(['bob x']);
      await append(alice, { change: { event: 'recall', target: 1 } });
      await mark(bob, 1, on('y'));
      expect([await marksAt(1), await marksAt(2), await marksAt(5)]).toEqual([null, null, null]);
    });

    it('have no effect on events, on what is not there, and when they are repeated', async () => {
      const { alice, bob, mark, marksAt, onMessage } = await setUp();
      await mark(bob, 1, on('x'), { dev: 3, id: 1 });
      await mark(alice, 2, on('y'));
      await mark(alice, 99, on('z'));
      await mark(bob, 1, { removes: { of: 'sender' }, adds: [] });
      expect(await mark(bob, 1, on('x'), { dev: 3, id: 1 })).toMatchObject({ duplicate: true, seq: 2 });
      expect(await onMessage()).toEqual([]);
      expect(await marksAt(4)).toBeNull();
    });

    it('go with a message that disappears, and with a user who is erased', async () => {
      const { alice, bob, append, mark, marksAt, onMessage } = await setUp();
      await append(alice, { age: { seconds: 5, from: 'sent' } });
      await mark(bob, 2, on('x'));
      await mark(alice, 1, on('y'));
      await mark(bob, 1, on('z'));
      expect(await onMessage(2)).toEqual(['bob x']);
      await tested.store.log.sweep(now + 60_000, 100);
      expect(await marksAt(2)).toBeNull();
      await tested.store.erasures.begin(bob, 'erased-bob');
      while (await tested.store.erasures.step(bob, 1));
      expect(await onMessage()).toEqual(['alice y']);
    });

    it('that pin are found by their conversation, in order, as long as the message is there', async () => {
      const { alice, bob, conv, append, pin } = await setUp();
      await append();
      await append();
      await pin(bob, 3, true, now + 1);
      await pin(alice, 1, true, now + 2);
      await pin(alice, 2, true, now + 3);
      await pin(bob, 2, false, now + 4);
      const { log } = tested.store;
      const pinned = async (limit = 9) => (await log.pinned(conv, limit)).map(({ seq }) => seq);
      expect(await pinned()).toEqual([3, 1]);
      expect(await pinned(1)).toEqual([3]);
      await append(alice, { change: { event: 'recall', target: 1 } });
      expect(await pinned()).toEqual([3]);
      expect(await log.pinned(conv + 1_000_000, 9)).toEqual([]);
    });

    it('leave answers to be found and counted: those of a message, newest first', async () => {
      const { alice, bob, conv, append } = await setUp();
      const { log } = tested.store;
      const [first] = await log.read(conv, { after: 0, limit: 1 });
      const ref = first?.mid ?? 0;
      for (const sender of [bob, alice, bob]) await append(sender, { ref });
      const other = await append(alice, { ref: ref + 1_000_000 });
      const answers = async (before: number, limit: number) =>
        (await log.answers({ conv, ref, before, limit })).map(({ seq }) => seq);
      expect(await answers(other.mid, 9)).toEqual([4, 3, 2]);
      expect(await answers(other.mid, 2)).toEqual([4, 3]);
      expect(await answers(other.mid - 1, 2)).toEqual([3, 2]);
      expect(await log.countAnswers({ conv, ref })).toBe(3);
      await append(alice, { change: { event: 'recall', target: 3 } });
      expect(await log.countAnswers({ conv, ref })).toBe(2);
    });

    it('count for a member of a group the answers that he may read', async () => {
      const { group, key, alice, bob, change } = await newGroup(tested.store);
      const { log } = tested.store;
      const append = (more: object = {}) =>
        log.append(newMessage({ conversation: key, sender: alice, content: bytes('{}'), ...more }));
      const { mid: ref } = await append();
      await append({ ref });
      await change({ put: [putting(bob)] });
      await append({ ref });
      await append({ ref });
      await change({ remove: [bob] });
      await append({ ref });
      const { conv } = group;
      expect(await log.countAnswers({ conv, ref, readableBy: alice })).toBe(4);
      expect(await log.countAnswers({ conv, ref, readableBy: bob })).toBe(2);
    });

    it('leave the same in whatever batches', async () => {
      const change = fc.record({
        bob: fc.boolean(),
        target: fc.integer({ min: 1, max: 2 }),
        value: fc.constantFrom('a', 'b'),
        what: fc.constantFrom('on', 'off', 'set', 'clear'),
      });
      const batches = fc.array(fc.array(change, { minLength: 1, maxLength: 6 }), {
        minLength: 1,
        maxLength: 4,
      });
      await fc.assert(
        fc.asyncProperty(batches, async (made) => {
          const { alice, bob, append, mark, onMessage } = await setUp();
          await append();
          const model = [new Set<string>(), new Set<string>()];
          for (const changes of made) {
            await Promise.all(
              changes.map(({ bob: isBob, target, value, what }) => {
                play(model[target - 1], isBob ? 'bob' : 'alice', what, value);
                return mark(isBob ? bob : alice, target, changeOf(what, value));
              }),
            );
          }
          for (const seq of [1, 2]) {
            expect(new Set((await onMessage(seq)) ?? [])).toEqual(model[seq - 1]);
          }
        }),
        { numRuns: 20 },
      );
    }, 60_000);
  });
}

const on = (value: string): MarkChange => ({ removes: null, adds: [value] });

function changeOf(what: string, value: string): MarkChange {
  if (what === 'on') return on(value);
  if (what === 'off') return { removes: { of: 'sender', value }, adds: [] };
  if (what === 'set') return { removes: { of: 'sender' }, adds: [value] };
  return { removes: { of: 'anybody' }, adds: [] };
}

function play(marks: Set<string> | undefined, user: string, what: string, value: string): void {
  for (const mark of marks ?? []) {
    const isOwn = mark.startsWith(user);
    const goes =
      what === 'clear' || (what === 'set' && isOwn) || (what === 'off' && mark === `${user} ${value}`);
    if (goes) marks?.delete(mark);
  }
  if (what === 'on' || what === 'set') marks?.add(`${user} ${value}`);
}
