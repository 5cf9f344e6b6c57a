import { type KeyboardEvent, useEffect, useRef } from 'react';
import { useWakeLock } from '../calls/use-wake-lock.ts';
import { useLive, useLivePart } from '../hooks/live.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import type { RoomView } from './room-board.ts';
import { RoomControls } from './room-controls.tsx';
import { RoomHead } from './room-head.tsx';
import { RoomQueue } from './room-queue.tsx';
import { OwnTile, RemoteTile } from './room-tile.tsx';
import styles from './rooms.module.css';
import { WaitingScreen } from './waiting-screen.tsx';

/** The room that the user is in, over the page or beside it; and what became of one that he is in no more. */
export function Rooms() {
  const { rooms, calls } = useWorkspace();
  const { current, waiting, isExpanded, notice } = useLive(rooms);
  const isCovered = useLivePart(calls, (state) => state.isExpanded);
  const isIn = current !== undefined;
  useWakeLock(isIn);
  // A call that was answered is what the user wants to see, also when he is let into a room meanwhile.
  useEffect(() => {
    if (isCovered && isIn) rooms.expand(false);
  }, [rooms, isCovered, isIn]);
  return (
    <>
      {current !== undefined && <RoomScreen view={current} isExpanded={isExpanded} />}
      {waiting !== undefined && <WaitingScreen onLeave={() => rooms.leave()} />}
      <p role="status" className={styles.notice} data-room-notice>
        {notice}
      </p>
    </>
  );
}

/**
 * Everybody's streams in a grid, and what the user can do about his own. Over the whole page, or as a card beside which
 * he can chat; Escape makes it small and never leaves it.
 */
function RoomScreen({ view, isExpanded }: { view: RoomView; isExpanded: boolean }) {
  const { rooms } = useWorkspace();
  const screen = useRef<HTMLElement>(null);
  const { room, streams, own, problem } = view;
  const tiles = streams.length + own.length;
  const isRoomy = isExpanded && tiles <= 4;

  useEffect(() => {
    if (isExpanded) screen.current?.focus();
  }, [isExpanded]);

  function toggle(kind: 'audio' | 'video'): void {
    const camera = own.find(({ sid }) => sid === 0);
    if (camera?.track(kind) === undefined || camera.isLocked(kind)) return;
    rooms.do(() => camera.mute({ [kind]: !camera.isMuted(kind) }));
  }

  function onKeyDown(event: KeyboardEvent): void {
    // Keys of its menus, which are elsewhere in the page, come by here, too.
    if (event.target instanceof Node && !event.currentTarget.contains(event.target)) return;
    if (!isExpanded || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') rooms.expand(false);
    else if (event.key === 'm') toggle('audio');
    else if (event.key === 'v') toggle('video');
  }

  return (
    <section
      ref={screen}
      className={styles.room}
      data-scheme="dark"
      data-size={isExpanded ? 'full' : 'small'}
      aria-label="Room"
      tabIndex={-1}
      onKeyDown={onKeyDown}
    >
      <RoomHead view={view} isExpanded={isExpanded} />
      <div
        className={styles.grid}
        style={{
          '--columns': Math.ceil(Math.sqrt(tiles)),
          // On screens that are higher than wide, faces stand above each other.
          '--narrow-columns': Math.max(1, Math.floor(Math.sqrt(tiles))),
        }}
      >
        {streams.map((stream) => (
          <RemoteTile
            key={`${stream.sid} ${stream.dev} ${stream.user}`}
            stream={stream}
            may={room.may}
            isRoomy={isRoomy}
          />
        ))}
        {own.map((stream) => (
          <OwnTile key={stream.sid} stream={stream} isRoomy={isRoomy} />
        ))}
      </div>
      {room.may.has('admit') && <RoomQueue gid={room.gid} />}
      {problem !== '' && (
        <p role="alert" className={styles.problem}>
          {problem}
        </p>
      )}
      <RoomControls view={view} isExpanded={isExpanded} onToggle={toggle} />
    </section>
  );
}
