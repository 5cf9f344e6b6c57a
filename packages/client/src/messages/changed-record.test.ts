import { array, assert, constantFrom, integer, property, record, shuffledSubarray } from 'fast-check';
import { expect, it } from 'vitest';
import type { MessageRecord } from '../store/index.ts';
import { changedRecord, type LoggedChange } from './changed-record.ts';

const message: MessageRecord = {
  conversation: 'u:bob',
  order: 5,
  seq: 5,
  mid: 50,
  id: 0,
  localId: 0,
  from: 'bob',
  outgoing: false,
  ts: 1_000,
  type: 0,
  flags: 3,
  content: { text: 'first' },
};
const edit = (seq: number, more: Partial<LoggedChange> = {}): LoggedChange => ({
  event: 'edit',
  target: 5,
  content: { text: `edit ${seq}` },
  from: 'bob',
  seq,
  ts: 1_000 + seq,
  ...more,
});
const recall = (seq: number) => edit(seq, { event: 'recall', content: {} });

it('has the content of the edit with the highest place', () => {
  const once = changedRecord(message, edit(9));
  expect(once).toEqual({ ...message, content: { text: 'edit 9' }, edited: 1_009, editedSeq: 9 });
  expect(changedRecord(once, edit(8))).toBe(once);
  expect(changedRecord(once, edit(9))).toBe(once);
  expect(changedRecord(once, edit(10, { ts: 1 }))).toMatchObject({ content: { text: 'edit 10' } });
});

it('loses its content by a recall, whatever comes before or after', () => {
  const { content: _, ...place } = message;
  const gone = changedRecord(changedRecord(message, edit(8)), recall(9));
  expect(gone).toEqual({ ...place, gone: 'recalled' });
  for (const change of [edit(8), edit(10), recall(11)]) expect(changedRecord(gone, change)).toBe(gone);
});

it('takes nothing from somebody else, and nothing from an edit that a later recall has emptied', () => {
  expect(changedRecord(message, edit(9, { from: 'alice' }))).toBe(message);
  expect(changedRecord(message, edit(9, { content: {} }))).toBe(message);
});

it('does not fall back when it was handed out with its edits, and they come one by one', () => {
  const handedOut = { ...message, content: { text: 'edit 9' }, edited: 1_009 };
  expect(changedRecord(handedOut, edit(8))).toBe(handedOut);
  const after = changedRecord(handedOut, edit(9));
  expect(after).toMatchObject({ content: { text: 'edit 9' }, editedSeq: 9 });
  expect(changedRecord(after, edit(8))).toBe(after);
});

it('is the same at last, in whatever order changes come, and however often', () => {
  const changes = array(
    record({ event: constantFrom('edit' as const, 'edit' as const, 'recall' as const), ts: integer() }),
    { minLength: 1, maxLength: 6 },
  ).map((drawn) =>
    drawn.map(({ event, ts }, index) =>
      event === 'recall' ? recall(6 + index) : edit(6 + index, { ts: Math.abs(ts) }),
    ),
  );
  const orders = changes.chain((log) =>
    shuffledSubarray([...log, ...log], { minLength: log.length }).map((arrived) => ({ log, arrived })),
  );
  assert(
    property(orders, ({ log, arrived }) => {
      const all = [...arrived, ...log.filter((change) => !arrived.includes(change))];
      const result = all.reduce((one, change) => changedRecord(one, change), message);
      expect(result).toEqual(log.reduce((one, change) => changedRecord(one, change), message));
    }),
  );
});

it('counts the votes with places before the end of the poll, in whatever order they come', () => {
  const vote = (seq: number, from: string, ...options: number[]) =>
    edit(seq, { event: 'vote', from, content: { vote: { options } } });
  const log = [
    vote(6, 'bob', 0),
    edit(7, { event: 'close', content: {} }),
    vote(8, 'bob', 1),
    vote(9, 'alice', 0),
  ];
  assert(
    property(shuffledSubarray(log, { minLength: log.length }), (arrived) => {
      const after = arrived.reduce((one, change) => changedRecord(one, change), message);
      expect(after.marks?.shown).toEqual({ votes: [{ option: 0, users: ['bob'] }], pollClosed: 1_007 });
    }),
  );
});
