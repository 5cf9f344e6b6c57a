import { Video } from 'lucide-react';
import { useEffect } from 'react';
import { useLivePart } from '../hooks/live.ts';
import { useStatus } from '../hooks/use-status.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import controls from '../ui/controls.module.css';
import styles from './rooms.module.css';

/** Begins the room of a group, joins the one that is there, or shows it again to who is in it. */
export function RoomButton({ gid }: { gid: number }) {
  const { rooms, client } = useWorkspace();
  const isOnline = useStatus().state === 'online';
  const isActive = useLivePart(rooms, ({ active }) => active.has(gid));
  const isIn = useLivePart(rooms, ({ current }) => current?.room.gid === gid);
  useEffect(() => {
    if (isOnline) rooms.look(gid);
  }, [rooms, gid, isOnline]);
  if (!client.rooms.available) return null;
  const label = isIn ? 'Back to the room' : isActive ? 'Join the room' : 'Start a room';
  return (
    <button
      type="button"
      className={`${controls.icon} ${styles.button}`}
      data-active={isActive}
      aria-label={label}
      title={label}
      disabled={!isOnline && !isIn}
      onClick={() => (isIn ? rooms.expand(true) : rooms.join(gid))}
    >
      <Video size={20} />
    </button>
  );
}
