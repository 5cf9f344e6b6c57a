import type { LocalMessage, SearchOptions, Target } from '@stoa/client';
import { limits } from '@stoa/protocol';
import { useEffect, useState } from 'react';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import { searchOn } from './search-on.ts';

export interface MessageSearch {
  readonly messages: readonly LocalMessage[];
  readonly state: 'idle' | 'searching' | 'found' | 'failed';
  /** Shows more, when there are. */
  readonly more: (() => void) | undefined;
}

/** How long typing must pause. */
const pauseMs = 250;

interface Result extends Omit<MessageSearch, 'more'> {
  readonly cursor?: string;
  /** Whether it is still what is looked for. */
  readonly isWanted: () => boolean;
}

const idle: Result = { messages: [], state: 'idle', isWanted: () => false };

/** Messages that contain the words of a query, in one chat or in all, while it is being typed. */
export function useMessageSearch(query: string, target?: Target): MessageSearch {
  const { client } = useWorkspace();
  const [result, setResult] = useState(idle);
  const words = query.trim();
  const isSearchable = words.length > 1 && words.length <= limits.searchLength;

  useEffect(() => {
    if (!isSearchable) {
      setResult(idle);
      return;
    }
    let isCurrent = true;
    const isWanted = (): boolean => isCurrent;
    setResult((before) => ({ ...before, state: 'searching' }));
    const timer = window.setTimeout(() => {
      const search = (options: SearchOptions) => client.search(words, options);
      searchOn(search, target === undefined ? {} : { target }, isWanted).then(
        (found) => isCurrent && setResult({ ...found, state: 'found', isWanted }),
        () => isCurrent && setResult({ messages: [], state: 'failed', isWanted }),
      );
    }, pauseMs);
    return () => {
      isCurrent = false;
      window.clearTimeout(timer);
    };
  }, [client, words, isSearchable, target]);

  const { messages, state, cursor, isWanted } = result;
  if (cursor === undefined) return { messages, state, more: undefined };
  const more = (): void => {
    const search = (options: SearchOptions) => client.search(words, options);
    searchOn(search, { cursor, ...(target === undefined ? {} : { target }) }, isWanted).then(
      ({ messages: older, ...next }) =>
        isWanted() && setResult({ ...next, messages: [...messages, ...older], state: 'found', isWanted }),
      () => isWanted() && setResult({ messages, state: 'failed', isWanted }),
    );
  };
  return { messages, state, more };
}
