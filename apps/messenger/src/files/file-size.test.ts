import { expect, it } from 'vitest';
import { shownSize } from './file-size.ts';

it.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1000, '1.0 kB'],
  [48_213, '48 kB'],
  [999_999, '1.0 MB'],
  [50_000_000, '50 MB'],
  [3_200_000_000_000, '3.2 TB'],
])('%i is shown as %s', (bytes, shown) => {
  expect(shownSize(bytes)).toBe(shown);
});
