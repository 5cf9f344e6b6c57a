import type { LocalMessage, SearchOptions, SearchResult } from '@stoa/client';
import { StoaError } from '@stoa/protocol';
import { beforeEach, expect, it } from 'vitest';
import { SearchModel } from './search-model.ts';

/** Finds one message after the other, unless it refuses. */
class Server {
  refuses = false;
  readonly asked: string[] = [];

  async search(words: string, { cursor = '0' }: SearchOptions = {}): Promise<SearchResult> {
    this.asked.push(`${words} ${cursor}`);
    if (this.refuses) throw new StoaError('UNAVAILABLE', 'The server is busy.');
    const next = Number(cursor) + 1;
    const messages = [{ mid: next } as LocalMessage];
    return next < 3 ? { messages, cursor: String(next) } : { messages };
  }
}

let server: Server;
let search: SearchModel;
const found = () => [search.get().state, search.get().messages.map(({ mid }) => mid)];

beforeEach(() => {
  server = new Server();
  search = new SearchModel(server);
  return () => search.stop();
});

it('shows more where the server stopped, until there is no more', async () => {
  search.find('tea');
  await expect.poll(found).toEqual(['found', [1]]);
  for (const _ of [1, 2, 3]) await search.more();
  expect(found()).toEqual(['found', [1, 2, 3]]);
  expect(server.asked).toEqual(['tea 0', 'tea 1', 'tea 2']);
});

it('goes on where it was when more was refused and is asked for again', async () => {
  search.find('tea');
  await expect.poll(found).toEqual(['found', [1]]);
  server.refuses = true;
  await search.more();
  expect(found()).toEqual(['failed', [1]]);
  server.refuses = false;
  await search.more();
  expect(found()).toEqual(['found', [1, 2]]);
});

it('looks for the words again when the first answer was a refusal', async () => {
  server.refuses = true;
  search.find('tea');
  await expect.poll(found).toEqual(['failed', []]);
  server.refuses = false;
  await search.more();
  expect(found()).toEqual(['found', [1]]);
});

it('looks for what is typed, and no more for what was', async () => {
  search.find('tea');
  search.find('teapot');
  expect(found()).toEqual(['searching', []]);
  await expect.poll(found).toEqual(['found', [1]]);
  expect(server.asked).toEqual(['teapot 0']);
  const late = search.more();
  search.find('t');
  await late;
  expect(found()).toEqual(['idle', []]);
});
