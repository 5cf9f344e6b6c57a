import { type ConversationId, conversationId, type ScheduledMessage } from '@stoa/client';
import { useEffect, useState } from 'react';
import { useWorkspace } from '../hooks/use-workspace.tsx';

/** The user's messages to a chat that wait for their time, the next one first. */
export function useScheduled(id: ConversationId): readonly ScheduledMessage[] {
  const { client } = useWorkspace();
  const [messages, setMessages] = useState<readonly ScheduledMessage[]>([]);

  useEffect(() => {
    let isWanted = true;
    const look = (): void => {
      client.scheduled().then(
        (all) => isWanted && setMessages(all.filter(({ target }) => conversationId(target) === id)),
        // What was known stays.
        () => {},
      );
    };
    look();
    const offs = [client.on('scheduled', look), client.on('synced', look)];
    return () => {
      isWanted = false;
      for (const off of offs) off();
    };
  }, [client, id]);

  return messages;
}
