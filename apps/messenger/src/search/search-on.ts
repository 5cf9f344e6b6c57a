import type { SearchOptions, SearchResult } from '@stoa/client';

/**
 * Searches until something is found, or everything was looked at: the server looks at a part at a time, in which there may be
 * nothing, and at a smaller one when it is busy.
 */
export async function searchOn(
  search: (options: SearchOptions) => Promise<SearchResult>,
  options: SearchOptions,
  isWanted: () => boolean,
): Promise<SearchResult> {
  let found = await search(options);
  while (found.messages.length === 0 && found.cursor !== undefined && isWanted()) {
    found = await search({ ...options, cursor: found.cursor });
  }
  return found;
}
