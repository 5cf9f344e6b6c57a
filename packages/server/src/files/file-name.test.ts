import { limits } from '@stoa/protocol';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cleanFileName } from './file-name.ts';

it.each([
  ['photo.jpg', 'photo.jpg'],
  ['../../etc/passwd', 'passwd'],
  ['C:\\Windows\\system32\\evil.exe', 'evil.exe'],
  ['..', 'file'],
  ['', 'file'],
  ['a\u0000b\r\nc.txt', 'abc.txt'],
  ['annex\u202egpj.exe', 'annexgpj.exe'],
  ['  .hidden ', 'hidden'],
])('%j is shown as %j', (given, shown) => {
  expect(cleanFileName(given)).toBe(shown);
});

it('a name of 10,000 characters is cut, and keeps its ending', () => {
  const name = cleanFileName(`${'n'.repeat(10_000)}.jpeg`);
  expect(name).toHaveLength(limits.fileNameLength - 16 + '.jpeg'.length);
  expect(name).toMatch(/n\.jpeg$/);
});

it('whatever is given, a name is short, well-formed, not empty and no path', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), fc.string()), (given) => {
      const name = cleanFileName(given);
      expect(name.length).toBeLessThanOrEqual(limits.fileNameLength);
      expect(name.length).toBeGreaterThan(0);
      expect(name.isWellFormed()).toBe(true);
      expect(name).not.toMatch(/[/\\\p{Cc}]|^\.+$/u);
    }),
  );
});
