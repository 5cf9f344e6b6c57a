import { expect, it } from 'vitest';
import { makeMessage } from './make-message.ts';
import { actionsFor, isRecallable } from './message-actions.ts';

const own = { outgoing: true, from: 'alice', status: 'sent' } as const;
const { content: _, ...gone } = makeMessage({ ...own, gone: 'recalled' });

it('offers for each message what can be done with it', () => {
  expect(actionsFor(makeMessage({}))).toEqual(['reply', 'copy', 'forward', 'delete']);
  expect(actionsFor(makeMessage(own))).toEqual(['reply', 'edit', 'copy', 'forward', 'info', 'delete']);
  expect(actionsFor(makeMessage({ ...own, content: { title: 'A file' } }))).toEqual([
    'reply',
    'forward',
    'info',
    'delete',
  ]);
  expect(actionsFor(makeMessage({ ...own, seq: 0, status: 'outbox' }))).toEqual([
    'edit',
    'copy',
    'forward',
    'delete',
  ]);
  expect(actionsFor(makeMessage({ ...own, seq: 0, status: 'failed' }))).toEqual([
    'copy',
    'forward',
    'delete',
  ]);
  expect(actionsFor(gone)).toEqual(['delete']);
});

it('deletes for everybody what is one’s own and there', () => {
  expect(isRecallable(makeMessage(own))).toBe(true);
  expect(isRecallable(makeMessage({}))).toBe(false);
  expect(isRecallable(makeMessage({ ...own, seq: 0, status: 'failed' }))).toBe(false);
  expect(isRecallable(gone)).toBe(false);
});
