import { expect, it } from 'vitest';
import { loggable, retryAfterSeconds } from './provider.ts';

const now = Date.UTC(2026, 0, 1);
it.each([
  ['30', 30],
  ['0', 0],
  [new Date(now + 90_000).toUTCString(), 90],
  [new Date(now - 90_000).toUTCString(), 0],
  ['999999999', 24 * 3600],
  ['soon', undefined],
  ['', undefined],
  [undefined, undefined],
])('waits for %s as long as that says', (value, seconds) => {
  expect(retryAfterSeconds(value, now)).toBe(seconds);
});

it('logs words, and nothing that only looks like one', () => {
  expect(loggable('QUOTA_EXCEEDED')).toBe('QUOTA_EXCEEDED');
  for (const word of ['a\nb', 'x'.repeat(65), {}, undefined]) expect(loggable(word)).toBe('no reason');
});
