import { type ConversationId, targetOf } from '@stoa/client';
import { useEffect, useMemo } from 'react';
import { useLive } from '../hooks/live.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import { TimelineModel, type TimelineState } from './timeline-model.ts';

export interface Timeline {
  readonly state: TimelineState;
  loadOlder(): void;
  /** See TimelineModel.show(). */
  show(mid: number): Promise<boolean>;
}

/** The messages of a conversation while it is on the screen. */
export function useTimeline(id: ConversationId): Timeline {
  const { client } = useWorkspace();
  const model = useMemo(() => new TimelineModel(client, targetOf(id)), [client, id]);
  useEffect(() => model.open(), [model]);
  const state = useLive(model);
  return useMemo(
    () => ({ state, loadOlder: () => void model.loadOlder(), show: (mid) => model.show(mid) }),
    [state, model],
  );
}
