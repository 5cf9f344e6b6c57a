import { conversationId } from '@stoa/client';
import { useLive } from '../hooks/live.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';

/** The name of the other side, as the chats have it; otherwise as the call tells it. */
export function usePeerName(peer: string, told: string): string {
  const { conversations, people } = useWorkspace();
  const id = conversationId({ peer });
  const chat = useLive(conversations)?.find((candidate) => candidate.id === id);
  const person = useLive(people).find(({ address }) => address === peer);
  return chat?.name || person?.name || told || peer;
}
