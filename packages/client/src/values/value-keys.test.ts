import { assert, integer, oneof, property, string } from 'fast-check';
import { expect, it } from 'vitest';
import { conversationId } from '../conversations/index.ts';
import { blockedKey, contactKey, deletedKey, keyOf, meaningOf } from './value-keys.ts';

it('names what the devices of a user share', () => {
  expect(keyOf('draft', 'u:bob')).toBe('draft:peer/bob');
  expect(keyOf('cleared', 'g:7')).toBe('cleared:group/7');
  expect(deletedKey('u:bob', 17)).toBe('deleted:peer/bob/17');
  expect(blockedKey('bob')).toBe('blocked:bob');
  expect([keyOf('muted', 'u:bob'), keyOf('muted', 'g:7')]).toEqual(['muted:u:bob', 'muted:g:7']);
});

it('knows what a key means, whatever is in an address', () => {
  const ids = oneof(
    string({ minLength: 1, maxLength: 63, unit: 'grapheme' }).map((peer) => conversationId({ peer })),
    integer({ min: 0, max: 0xffff_ffff }).map((gid) => conversationId({ gid })),
  );
  assert(
    property(ids, integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (id, seq) => {
      for (const kind of [
        'draft',
        'cleared',
        'unread',
        'age',
        'muted',
        'archived',
        'favourite',
        'hidden',
      ] as const) {
        expect(meaningOf(keyOf(kind, id))).toEqual({ kind, id });
      }
      expect(meaningOf(deletedKey(id, seq))).toEqual({ kind: 'deleted', id, seq });
      expect(meaningOf(blockedKey(id))).toEqual({ kind: 'blocked', address: id });
      expect(meaningOf(contactKey(id))).toEqual({ kind: 'contact', address: id });
    }),
  );
});

it.each([
  '',
  'theme',
  'theme:dark',
  'draft:bob',
  'draft:group/x',
  'deleted:peer/bob',
  'deleted:peer/bob/x',
  'muted:bob',
  'muted:u:',
  'muted:g:x',
])('leaves "%s" to others', (key) => expect(meaningOf(key)).toBeUndefined());
