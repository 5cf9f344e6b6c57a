import { expect, it } from 'vitest';
import { makeMessage } from './make-message.ts';
import { actionsFor, isRecallable } from './message-actions.ts';

const own = { outgoing: true, from: 'alice', status: 'sent' } as const;
const { content: _, ...gone } = makeMessage({ ...own, gone: 'recalled' });

it('offers for each message what can be done with it', () => {
  expect(actionsFor(makeMessage({}))).toEqual(['reply', 'thread', 'copy', 'forward', 'pin', 'delete']);
  expect(actionsFor(makeMessage(own))).toEqual([
    'reply',
    'thread',
    'edit',
    'copy',
    'forward',
    'pin',
    'info',
    'delete',
  ]);
  expect(actionsFor(makeMessage({ ...own, content: { title: 'A file' } }))).toEqual([
    'reply',
    'thread',
    'forward',
    'pin',
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
  const poll = { poll: { question: 'Lunch?', options: ['Yes', 'No'] } };
  const asked = { ...own, content: poll, pinned: { user: 'bob', ts: 1 } };
  expect(actionsFor(makeMessage(asked))).toEqual([
    'reply',
    'thread',
    'forward',
    'unpin',
    'closePoll',
    'info',
    'delete',
  ]);
  expect(actionsFor(makeMessage({ ...asked, pollClosed: 2 }))).not.toContain('closePoll');
  expect(actionsFor(gone)).toEqual(['delete']);
});

it('deletes for everybody what is one’s own and there', () => {
  expect(isRecallable(makeMessage(own))).toBe(true);
  expect(isRecallable(makeMessage({}))).toBe(false);
  expect(isRecallable(makeMessage({ ...own, seq: 0, status: 'failed' }))).toBe(false);
  expect(isRecallable(gone)).toBe(false);
});
