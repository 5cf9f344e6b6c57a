import {
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
import { ControlButton } from '../ui/control-button.tsx';
import type { CallView } from './call-board.ts';
import styles from './call-controls.module.css';
import { DeviceMenu } from './device-menu.tsx';
import { mayShareScreen } from './screen-choice.ts';
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
        <ControlButton
          className={styles.control}
          label="Come back to the call"
          icon={RotateCw}
          onClick={() => calls.resume(call)}
        />
      ) : (
        <ControlButton
          className={styles.control}
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
          <ControlButton
            className={styles.control}
            label="Camera"
            title={camera ? 'Switch the camera off (V)' : 'Switch the camera on (V)'}
            icon={camera ? Video : VideoOff}
            pressed={camera}
            onClick={toggleVideo}
          />
          {mayShareScreen && (
            <ControlButton
              className={styles.control}
              label="Share screen"
              title={media.screen ? 'Stop sharing the screen' : 'Share the screen'}
              icon={media.screen ? MonitorX : Monitor}
              pressed={media.screen}
              alert={media.screen}
              disabled={!isTalking}
              onClick={toggleScreen}
            />
          )}
          <ControlButton
            className={styles.control}
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
      <ControlButton
        className={styles.control}
        label="Hang up"
        icon={PhoneOff}
        kind="end"
        onClick={() => calls.hangUp(call)}
      />
    </div>
  );
}
