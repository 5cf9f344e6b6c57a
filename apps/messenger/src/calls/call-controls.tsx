import {
  type LucideIcon,
  Mic,
  MicOff,
  Monitor,
  MonitorX,
  Pause,
  PhoneOff,
  Play,
  RotateCw,
  Video,
  VideoOff,
} from 'lucide-react';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import type { CallView } from './call-board.ts';
import styles from './call-controls.module.css';
import { DeviceMenu } from './device-menu.tsx';
import { useMediaActions } from './use-media-actions.ts';

/** What the user can do in a call. Small, it has room for the two most important ones. */
export function CallControls({ view, isExpanded }: { view: CallView; isExpanded: boolean }) {
  const { calls } = useWorkspace();
  const { call, status, media, camera } = view;
  const { toggleAudio, toggleVideo, toggleScreen, toggleHold } = useMediaActions(view);
  const isTalking = status.phase === 'connected' || status.phase === 'reconnecting';
  const isInterrupted = status.phase === 'interrupted';
  return (
    <div className={styles.bar} role="toolbar" aria-label="Call">
      {isInterrupted ? (
        <Control label="Come back to the call" icon={RotateCw} onClick={() => calls.resume(call)} />
      ) : (
        <Control
          label="Mute"
          title={media.audio ? 'Mute (M)' : 'Take back the mute (M)'}
          icon={media.audio ? Mic : MicOff}
          pressed={!media.audio}
          alert={!media.audio}
          onClick={toggleAudio}
        />
      )}
      {isExpanded && !isInterrupted && (
        <>
          <Control
            label="Camera"
            title={camera ? 'Switch the camera off (V)' : 'Switch the camera on (V)'}
            icon={camera ? Video : VideoOff}
            pressed={camera}
            onClick={toggleVideo}
          />
          {mayShare && (
            <Control
              label="Share screen"
              title={media.screen ? 'Stop sharing the screen' : 'Share the screen'}
              icon={media.screen ? MonitorX : Monitor}
              pressed={media.screen}
              alert={media.screen}
              disabled={!isTalking}
              onClick={toggleScreen}
            />
          )}
          <Control
            label="Hold"
            title={media.hold ? 'Go on with the call' : 'Put the call on hold'}
            icon={media.hold ? Play : Pause}
            pressed={media.hold}
            alert={media.hold}
            disabled={!isTalking}
            onClick={toggleHold}
          />
          <DeviceMenu view={view} className={styles.control} />
        </>
      )}
      <Control label="Hang up" icon={PhoneOff} kind="end" onClick={() => calls.hangUp(call)} />
    </div>
  );
}

/** Phones cannot. */
const mayShare = typeof navigator.mediaDevices?.getDisplayMedia === 'function';

function Control({
  label,
  title = label,
  icon: Icon,
  pressed,
  alert = false,
  disabled = false,
  kind = 'plain',
  onClick,
}: {
  label: string;
  title?: string;
  icon: LucideIcon;
  pressed?: boolean;
  /** Something that the user should not forget: it stands out. */
  alert?: boolean;
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
      title={title}
      data-alert={alert}
      data-kind={kind}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon size={22} />
    </button>
  );
}
