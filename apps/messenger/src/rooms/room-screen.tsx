import type { OwnStream } from '@stoa/client';
import {
  Disc,
  type LucideIcon,
  Mic,
  MicOff,
  MonitorUp,
  MonitorX,
  PhoneOff,
  Video,
  VideoOff,
} from 'lucide-react';
import { useLive } from '../hooks/live.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import type { RoomView } from './room-board.ts';
import { EverybodyMenu, RoomDeviceMenu } from './room-menus.tsx';
import { RoomQueue } from './room-queue.tsx';
import { OwnTile, RemoteTile } from './room-tile.tsx';
import styles from './rooms.module.css';
import { WaitingScreen } from './waiting-screen.tsx';

/** The room that the user is in, over the page; and what became of one that he is in no more. */
export function Rooms() {
  const { rooms } = useWorkspace();
  const { current, waiting, notice } = useLive(rooms);
  return (
    <>
      {current !== undefined && <RoomScreen view={current} />}
      {waiting !== undefined && <WaitingScreen onLeave={() => rooms.leave()} />}
      <p role="status" className={styles.notice} data-room-notice>
        {notice}
      </p>
    </>
  );
}

/** Everybody's streams in a grid, and what the user can do about his own. */
function RoomScreen({ view: { room, phase, streams, own, count, isRecorded, problem } }: { view: RoomView }) {
  const tiles = streams.length + own.length;
  return (
    <section className={styles.room} data-scheme="dark" aria-label="Room">
      <header className={styles.head}>
        {count === 1 ? 'Only you are here' : `${count} people`}
        {phase === 'reconnecting' && ' · connecting again …'}
        <span role="status">{isRecorded && ' · recorded'}</span>
      </header>
      <div className={styles.grid} style={{ '--columns': Math.ceil(Math.sqrt(tiles)) }}>
        {streams.map((stream) => (
          <RemoteTile key={`${stream.sid} ${stream.dev} ${stream.user}`} stream={stream} may={room.may} />
        ))}
        {own.map((stream) => (
          <OwnTile key={stream.sid} stream={stream} />
        ))}
      </div>
      {room.may.has('admit') && <RoomQueue gid={room.gid} />}
      {problem !== '' && (
        <p role="alert" className={styles.problem}>
          {problem}
        </p>
      )}
      <RoomControls
        camera={own.find(({ sid }) => sid === 0)}
        screen={own.find(({ sid }) => sid !== 0)}
        may={room.may}
        isRecorded={isRecorded}
      />
    </section>
  );
}

function RoomControls({
  camera,
  screen,
  may,
  isRecorded,
}: {
  camera: OwnStream | undefined;
  screen: OwnStream | undefined;
  may: RoomView['room']['may'];
  isRecorded: boolean;
}) {
  const { rooms } = useWorkspace();
  const toggle = (kind: 'audio' | 'video', label: string, on: LucideIcon, off: LucideIcon) => {
    if (camera?.track(kind) === undefined) return null;
    const isMuted = camera.isMuted(kind);
    return (
      <Control
        label={label}
        icon={isMuted ? off : on}
        pressed={isMuted}
        disabled={camera.isLocked(kind)}
        onClick={() => rooms.do(() => camera.mute({ [kind]: !isMuted }))}
      />
    );
  };
  return (
    <div className={styles.controls}>
      {camera === undefined && may.has('publish') && (
        <Control
          label="Turn camera and microphone on"
          icon={Video}
          onClick={() => rooms.do((room) => room.publish({ video: room.limits.video }))}
        />
      )}
      {toggle('audio', 'Mute', Mic, MicOff)}
      {toggle('video', 'Camera off', Video, VideoOff)}
      {may.has('publish') && (
        <Control
          label="Share screen"
          icon={screen === undefined ? MonitorUp : MonitorX}
          pressed={screen !== undefined}
          onClick={() =>
            rooms.do((room) => (screen === undefined ? room.publish({ source: 'screen' }) : screen.stop()))
          }
        />
      )}
      {may.has('record') && (
        <Control
          label="Record"
          icon={Disc}
          pressed={isRecorded}
          onClick={() => rooms.do(({ recording }) => (isRecorded ? recording.stop() : recording.start()))}
        />
      )}
      <RoomDeviceMenu camera={camera} />
      <EverybodyMenu may={may} />
      <Control label="Leave" icon={PhoneOff} kind="end" onClick={() => rooms.leave()} />
    </div>
  );
}

function Control({
  label,
  icon: Icon,
  pressed,
  disabled = false,
  kind = 'plain',
  onClick,
}: {
  label: string;
  icon: LucideIcon;
  pressed?: boolean;
  disabled?: boolean;
  kind?: 'plain' | 'end';
  onClick: () => void;
}) {
  return (
    <button
      type="button"
      className={styles.control}
      aria-label={label}
      aria-pressed={pressed}
      title={label}
      data-kind={kind}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon size={22} />
    </button>
  );
}
