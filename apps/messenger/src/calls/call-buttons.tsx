import { Phone, Video } from 'lucide-react';
import { useLivePart } from '../hooks/live.ts';
import { useStatus } from '../hooks/use-status.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import controls from '../ui/controls.module.css';
import styles from './call-buttons.module.css';
import { useHasMicrophone } from './use-media-devices.ts';

/** Calls the other side. While that cannot be, the buttons say why: as their title, and when they are pressed. */
export function CallButtons({
  peer,
  isBlocked,
  onRefused,
}: {
  peer: string;
  isBlocked: boolean;
  onRefused: (why: string) => void;
}) {
  const { calls } = useWorkspace();
  const obstacle = useObstacle(isBlocked);

  function call(video: boolean): void {
    if (obstacle === undefined) calls.call(peer, video);
    onRefused(obstacle ?? '');
  }

  const button = (label: string, video: boolean, Icon: typeof Phone) => (
    <button
      type="button"
      className={`${controls.icon} ${styles.button}`}
      aria-label={label}
      title={obstacle ?? label}
      aria-disabled={obstacle !== undefined}
      aria-description={obstacle}
      onClick={() => call(video)}
    >
      <Icon size={20} />
    </button>
  );
  return (
    <>
      {button('Voice call', false, Phone)}
      {button('Video call', true, Video)}
    </>
  );
}

/** Why nobody can be called at the moment. */
function useObstacle(isBlocked: boolean): string | undefined {
  const { calls, client } = useWorkspace();
  const { state } = useStatus();
  const hasMicrophone = useHasMicrophone();
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
