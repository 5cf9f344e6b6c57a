import { limits } from '@stoa/protocol';
import { parseClientFrame } from '@stoa/protocol/validate';
import { assert, constantFrom, property, string } from 'fast-check';
import { expect, it } from 'vitest';
import type { Draft, Target } from '../types.ts';
import { checkDraft, checkTarget } from './check-draft.ts';

const content = { text: 'Hello' };
const bob: Target = { peer: 'bob' };

it.each<[string, Target, Draft, string]>([
  ['an empty address', { peer: '' }, { content }, 'BAD_FRAME'],
  ['an address with a control character', { peer: 'bo\nb' }, { content }, 'BAD_FRAME'],
  ['an address that is too long', { peer: 'b'.repeat(64) }, { content }, 'BAD_FRAME'],
  ['a group id that is none', { gid: -1 }, { content }, 'BAD_FRAME'],
  ['a type beyond 32 bits', bob, { content, type: 2 ** 32 }, 'BAD_FRAME'],
  ['flags that are no integer', bob, { content, flags: 0.5 }, 'BAD_FRAME'],
  ['an expiry of nothing', bob, { content, expiry: 0 }, 'BAD_FRAME'],
  ['an expiry beyond the limit', bob, { content, expiry: limits.expirySeconds + 1 }, 'BAD_FRAME'],
  ['a local id beyond 32 bits', bob, { content, localId: 2 ** 32 }, 'BAD_FRAME'],
  ['a reference to nothing', bob, { content, ref: 0 }, 'BAD_FRAME'],
  ['content that is not plain', bob, { content: { fields: { at: new Date() } } }, 'BAD_FRAME'],
  ['content that is too large', bob, { content: { text: 'x'.repeat(limits.contentBytes) } }, 'TOO_LARGE'],
])('refuses %s', (_, target, draft, code) => {
  expect(() => checkDraft(target, draft)).toThrow(expect.objectContaining({ code }));
});

it('returns a copy that the caller can change no more', () => {
  const data = new Uint8Array([1, 2, 3]);
  const fields: Record<string, unknown> = { a: 1, nothing: undefined };
  const checked = checkDraft(bob, { content: { text: 'Hello', data, fields } });
  data[0] = 9;
  fields.a = 2;
  expect(checked).toEqual({ text: 'Hello', data: new Uint8Array([1, 2, 3]), fields: { a: 1 } });
});

const characters = constantFrom('a', 'Z', ' ', 'ü', '😀', '名', '\n', '\u007f', '\u0085', '\ud800');

it('takes exactly the addresses that the protocol takes', () => {
  const isTaken = (check: () => void): boolean => {
    try {
      check();
      return true;
    } catch {
      return false;
    }
  };
  assert(
    property(string({ unit: characters, maxLength: 70 }), (peer) => {
      const byProtocol = isTaken(() => parseClientFrame({ t: 'send', id: 1, peer, content }));
      expect(isTaken(() => checkTarget({ peer }))).toBe(byProtocol);
    }),
  );
});
