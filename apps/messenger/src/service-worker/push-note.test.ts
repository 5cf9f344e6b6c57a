import { expect, it } from 'vitest';
import { type PushNote, shownOf } from './push-note.ts';

const message = { type: 'message', tag: 'one', badge: 3, at: 1 } as const;
const alice = { from: 'alice@example.com', name: 'Alice', waiting: 1 };
const call = { call: 'call-1', from: 'alice', name: 'Alice', video: true };

it.each<[string, PushNote, object]>([
  ['nothing', message, { title: 'New message', options: { tag: 'one', data: { href: '#/' } } }],
  [
    'who, with what can be done about it',
    { ...message, about: alice, ticket: 't' },
    {
      title: 'Alice',
      options: {
        body: 'New message',
        actions: [{ action: 'reply', type: 'text' }, { action: 'read' }],
        data: { peer: alice.from, href: '#/chat/alice%40example.com', ticket: 't' },
      },
    },
  ],
  [
    'what was said, and how much more',
    { ...message, about: { ...alice, name: '', waiting: 4 }, preview: { text: 'Hello' } },
    { title: 'alice@example.com (4 new)', options: { body: 'Hello' } },
  ],
  [
    'the group',
    { ...message, about: { ...alice, group: { gid: 7, name: 'Choir' } }, preview: { kind: 'picture' } },
    { title: 'Choir', options: { body: 'Alice: Picture', data: { gid: 7, href: '#/group/7' } } },
  ],
])('a note about a message says %s', (_what, note, shown) => {
  expect(shownOf(note)).toMatchObject(shown);
});

it('a note without a ticket has no buttons', () => {
  expect(shownOf({ ...message, about: alice }).options).not.toHaveProperty('actions');
});

it('a call rings until its end takes the place of it, without a sound', () => {
  const ringing = shownOf({ type: 'call', ...call });
  const over = shownOf({ type: 'call-ended', ...call });
  expect(ringing).toMatchObject({
    title: 'Alice',
    options: { body: 'Video call', requireInteraction: true, silent: false, data: { href: '#/chat/alice' } },
  });
  expect(over.options).toMatchObject({ tag: ringing.options.tag, requireInteraction: false, silent: true });
});
