import type { LocalMessage, SearchOptions, SearchResult } from '@stoa/client';
import { expect, it } from 'vitest';
import { searchOn } from './search-on.ts';

const message = { mid: 7 } as LocalMessage;

/** Answers one after the other, and where it was asked to go on. */
function answering(...answers: SearchResult[]) {
  const asked: (string | undefined)[] = [];
  const search = async ({ cursor }: SearchOptions): Promise<SearchResult> => {
    asked.push(cursor);
    return answers.shift() ?? { messages: [] };
  };
  return { asked, search };
}

it('goes on where the server stopped, until something is found', async () => {
  const found = { messages: [message], cursor: '3' };
  const { asked, search } = answering({ messages: [], cursor: '1' }, { messages: [], cursor: '2' }, found);
  expect(await searchOn(search, {}, () => true)).toEqual(found);
  expect(asked).toEqual([undefined, '1', '2']);
});

it('ends when everything was looked at, or nobody wants to know any more', async () => {
  const { asked, search } = answering({ messages: [], cursor: '1' }, { messages: [] });
  expect(await searchOn(search, {}, () => true)).toEqual({ messages: [] });
  expect(asked).toHaveLength(2);
  const unwanted = answering({ messages: [], cursor: '1' });
  await searchOn(unwanted.search, {}, () => false);
  expect(unwanted.asked).toHaveLength(1);
});
