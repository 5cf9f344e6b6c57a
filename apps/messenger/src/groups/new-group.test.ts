import { expect, it } from 'vitest';
import { parseInvitation } from './new-group.tsx';

it.each([
  ['1000-123456', { gid: 1000, pin: 123456 }],
  [' 7 - 42 ', { gid: 7, pin: 42 }],
  ['1000', undefined],
  ['1000-', undefined],
  ['a-1', undefined],
  ['1-2-3', undefined],
  ['99999999999-1', undefined],
])('reads the invitation "%s"', (text, expected) => {
  expect(parseInvitation(text)).toEqual(expected);
});
