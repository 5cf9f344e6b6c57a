import fc from 'fast-check';
import { expect, test } from 'vitest';
import { requirePlainContent } from './content.ts';
import { limits } from './limits.ts';
import { contentArbitrary, plainDataArbitrary } from './testing/frames-arbitrary.ts';

test('plain data is accepted', () => {
  const content = fc.oneof(
    contentArbitrary(),
    fc.dictionary(fc.constant('a'), plainDataArbitrary(limits.contentDepth - 2)),
  );
  fc.assert(fc.property(content, (each) => requirePlainContent(each)));
});

test('members that are undefined count as absent', () => {
  expect(() => requirePlainContent({ text: 'a', title: undefined })).not.toThrow();
});

test.each([
  ['a date', new Date(0), /plain data/],
  ['a map', new Map(), /plain data/],
  ['an instance of a class', new (class Pair {})(), /plain data/],
  ['a function', () => 1, /plain data/],
  ['a big integer', 1n, /plain data/],
  ['a symbol', Symbol('a'), /plain data/],
  ['an array of numbers that is no Uint8Array', new Float32Array(1), /plain data/],
  ['not a number', Number.NaN, /finite/],
  ['infinity', Number.POSITIVE_INFINITY, /finite/],
  ['half a character', 'a\ud83d', /well-formed/],
  ['a name with half a character', { '\ud83d': 1 }, /well-formed/],
  ['a $bytes member', { $bytes: 'AAAA' }, /reserved/],
  ['a __proto__ member', JSON.parse('{"__proto__":1}'), /reserved/],
])('%s is refused with the name of its place', (_, value, problem) => {
  const run = () => requirePlainContent({ fields: { list: [0, value] } }, 'send.content');
  expect(run).toThrow(problem);
  expect(run).toThrow('"send.content.fields.list[1]');
  expect(run).toThrow(expect.objectContaining({ code: 'BAD_FRAME' }));
});

test('undefined is refused in an array, where it cannot be absent', () => {
  expect(() => requirePlainContent({ fields: { list: [undefined] } })).toThrow('"content.fields.list[0]"');
});

test('data may be nested as deep as the limit says', () => {
  const nested = (levels: number): unknown => (levels === 1 ? {} : { in: nested(levels - 1) });
  expect(() => requirePlainContent(nested(limits.contentDepth))).not.toThrow();
  expect(() => requirePlainContent(nested(limits.contentDepth + 1))).toThrow(
    expect.objectContaining({ code: 'TOO_LARGE' }),
  );
});

test('data that contains itself is refused', () => {
  const content: { in?: unknown } = {};
  content.in = content;
  expect(() => requirePlainContent(content)).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }));
});

test('a name of any length makes a short message', () => {
  try {
    requirePlainContent({ [`${'k'.repeat(39)}😀${'k'.repeat(50_000)}`]: 1n });
    expect.unreachable();
  } catch (error) {
    const { message } = error as Error;
    expect(message.length).toBeLessThan(200);
    expect(message.isWellFormed()).toBe(true);
  }
});
