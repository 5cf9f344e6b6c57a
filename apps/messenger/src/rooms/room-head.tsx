import { conversationId } from '@stoa/client';
import { Maximize2, Minimize2 } from 'lucide-react';
import { useLive } from '../hooks/live.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import type { RoomView } from './room-board.ts';
import styles from './rooms.module.css';

/** Whose room it is, how many are there, and the button that makes it small or large. */
export function RoomHead({
  view: { room, phase, count, isRecorded },
  isExpanded,
}: {
  view: RoomView;
  isExpanded: boolean;
}) {
  const { rooms, conversations } = useWorkspace();
  const id = conversationId({ gid: room.gid });
  const name = useLive(conversations)?.find((chat) => chat.id === id)?.name ?? '';
  const label = isExpanded ? 'Make the room small' : 'Make the room large';
  const Icon = isExpanded ? Minimize2 : Maximize2;
  return (
    <header className={styles.head}>
      <div className={styles.facts}>
        {name !== '' && <bdi>{name} · </bdi>}
        {count === 1 ? 'Only you are here' : `${count} people`}
        <span role="status">
          {phase === 'reconnecting' && ' · connecting again …'}
          {isRecorded && ' · recorded'}
        </span>
      </div>
      <button
        type="button"
        className={styles.size}
        aria-label={label}
        title={label}
        onClick={() => rooms.expand(!isExpanded)}
      >
        <Icon size={20} />
      </button>
    </header>
  );
}
