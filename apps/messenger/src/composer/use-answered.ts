import { type ConversationId, type LocalMessage, targetOf } from '@stoa/client';
import { useEffect, useState } from 'react';
import { useWorkspace } from '../hooks/use-workspace.tsx';

/** The message that a draft answers; undefined when it answers none, and while it is being looked for. */
export function useAnsweredByDraft(id: ConversationId, ref: number | undefined): LocalMessage | undefined {
  const { client } = useWorkspace();
  const [answered, setAnswered] = useState<LocalMessage>();

  useEffect(() => {
    let isWanted = true;
    setAnswered(undefined);
    if (ref === undefined) return;
    const found = (message: LocalMessage | undefined): void => {
      if (isWanted) setAnswered(message);
    };
    client.message(targetOf(id), ref).then(found, () => found(undefined));
    return () => {
      isWanted = false;
    };
  }, [client, id, ref]);

  return answered;
}
