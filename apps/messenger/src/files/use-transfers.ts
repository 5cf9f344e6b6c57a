import { type ConversationId, conversationId, type Transfer } from '@stoa/client';
import { useEffect, useState } from 'react';
import { useWorkspace } from '../hooks/use-workspace.tsx';

/** Files on their way to a conversation. */
export function useTransfers(id: ConversationId): readonly Transfer[] {
  const { client } = useWorkspace();
  const [transfers, setTransfers] = useState<readonly Transfer[]>([]);

  useEffect(() => {
    const look = () =>
      setTransfers(client.files.transfers().filter(({ target }) => conversationId(target) === id));
    look();
    return client.files.onChange(look);
  }, [client, id]);

  return transfers;
}
