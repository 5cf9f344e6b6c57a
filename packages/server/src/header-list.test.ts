import { expect, it } from 'vitest';
import { headerList } from './header-list.ts';

it('gives the members without what is around them', () => {
  expect(headerList('"a", W/"b" ,"c"')).toEqual(['"a"', 'W/"b"', '"c"']);
  expect(headerList('text/html ; charset=utf-8', ';')).toEqual(['text/html', 'charset=utf-8']);
  expect(headerList(undefined)).toEqual([]);
});

it('takes a header that is nothing but spaces as fast as any', () => {
  // Each step for each pair of them would take hours.
  const spaces = ' '.repeat(2_000_000);
  expect(headerList(`a${spaces}b`)).toEqual([`a${spaces}b`]);
});
