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
import { mayShareScreen, unlessGivenUp } from '../calls/screen-choice.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import { ControlButton } from '../ui/control-button.tsx';
import type { RoomView } from './room-board.ts';
import { EverybodyMenu, RoomDeviceMenu } from './room-menus.tsx';
import styles from './rooms.module.css';

/** What the user can do in a room. Small, it has room for the two most important ones. */
export function RoomControls({
  view: { room, own, isRecorded },
  isExpanded,
  onToggle,
}: {
  view: RoomView;
  isExpanded: boolean;
  onToggle: (kind: 'audio' | 'video') => void;
}) {
  const { rooms } = useWorkspace();
  const { may } = room;
  const camera = own.find(({ sid }) => sid === 0);
  const screen = own.find(({ sid }) => sid !== 0);
  const toggle = (kind: 'audio' | 'video', label: string, key: string, on: LucideIcon, off: LucideIcon) => {
    if (camera?.track(kind) === undefined) return null;
    const isMuted = camera.isMuted(kind);
    return (
      <ControlButton
        className={styles.control}
        label={label}
        title={`${label} (${key})`}
        icon={isMuted ? off : on}
        pressed={isMuted}
        disabled={camera.isLocked(kind)}
        onClick={() => onToggle(kind)}
      />
    );
  };
  return (
    <div className={styles.controls} role="toolbar" aria-label="In the room">
      {camera === undefined && may.has('publish') && (
        <ControlButton
          className={styles.control}
          label="Turn camera and microphone on"
          icon={Video}
          onClick={() => rooms.do((room) => room.publish({ video: room.limits.video }))}
        />
      )}
      {toggle('audio', 'Mute', 'M', Mic, MicOff)}
      {isExpanded && (
        <>
          {toggle('video', 'Camera off', 'V', Video, VideoOff)}
          {may.has('publish') && (mayShareScreen || screen !== undefined) && (
            <ControlButton
              className={styles.control}
              label="Share screen"
              icon={screen === undefined ? MonitorUp : MonitorX}
              pressed={screen !== undefined}
              onClick={() =>
                rooms.do((room) =>
                  screen === undefined ? unlessGivenUp(room.publish({ source: 'screen' })) : screen.stop(),
                )
              }
            />
          )}
          {may.has('record') && (
            <ControlButton
              className={styles.control}
              label="Record"
              icon={Disc}
              pressed={isRecorded}
              onClick={() => rooms.do(({ recording }) => (isRecorded ? recording.stop() : recording.start()))}
            />
          )}
          <RoomDeviceMenu camera={camera} />
          <EverybodyMenu may={may} />
        </>
      )}
      <ControlButton
        className={styles.control}
        label="Leave"
        icon={PhoneOff}
        kind="end"
        onClick={() => rooms.leave()}
      />
    </div>
  );
}
