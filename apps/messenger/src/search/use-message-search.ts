import type { LocalMessage, Target } from '@stoa/client';
import { useEffect, useMemo } from 'react';
import { useLive } from '../hooks/live.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import { SearchModel, type SearchState } from './search-model.ts';

export interface MessageSearch {
  readonly messages: readonly LocalMessage[];
  readonly state: SearchState['state'];
  /** Shows more, when there are; or tries again what has failed. */
  readonly more: (() => void) | undefined;
}

/** Messages that contain the words of a query, in one chat or in all, while it is being typed. */
export function useMessageSearch(query: string, target?: Target): MessageSearch {
  const { client } = useWorkspace();
  const model = useMemo(() => new SearchModel(client, target), [client, target]);
  const words = query.trim();
  useEffect(() => {
    model.find(words);
    return () => model.stop();
  }, [model, words]);

  const { messages, state, cursor } = useLive(model);
  const hasMore = cursor !== undefined || state === 'failed';
  return { messages, state, more: hasMore ? () => void model.more() : undefined };
}
