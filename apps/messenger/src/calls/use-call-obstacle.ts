import { conversationId } from '@stoa/client';
import { useLive, useLivePart } from '../hooks/live.ts';
import { useStatus } from '../hooks/use-status.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import { useHasMicrophone } from './use-media-devices.ts';

/** Why somebody cannot be called at the moment; undefined when he can. */
export function useCallObstacle(peer: string): string | undefined {
  const { calls, client, conversations } = useWorkspace();
  const { state } = useStatus();
  const hasMicrophone = useHasMicrophone();
  const id = conversationId({ peer });
  const isBlocked = useLive(conversations)?.find((chat) => chat.id === id)?.blocked === true;
  const isInCall = useLivePart(
    calls,
    ({ current }) => current !== undefined && current.status.phase !== 'ended',
  );
  if (!client.calls.available) return 'This browser cannot make calls.';
  if (!window.isSecureContext) return 'Calls need a page that comes over HTTPS.';
  if (isBlocked) return 'You have blocked this person.';
  if (isInCall) return 'You are in a call.';
  if (state !== 'online') return 'Calls need a connection to the server.';
  if (hasMicrophone === false) return 'There is no microphone. Connect one to make calls.';
  return undefined;
}
