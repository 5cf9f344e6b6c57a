import { type LucideIcon, Phone, Video } from 'lucide-react';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import controls from '../ui/controls.module.css';
import styles from './call-buttons.module.css';
import { useCallObstacle } from './use-call-obstacle.ts';

/** Calls the other side. While that cannot be, the buttons say why: as their title, and when they are pressed. */
export function CallButtons({ peer, onRefused }: { peer: string; onRefused: (why: string) => void }) {
  const { calls } = useWorkspace();
  const obstacle = useCallObstacle(peer);

  function call(video: boolean): void {
    if (obstacle === undefined) calls.call(peer, video);
    onRefused(obstacle ?? '');
  }

  const button = (label: string, video: boolean, Icon: LucideIcon) => (
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
