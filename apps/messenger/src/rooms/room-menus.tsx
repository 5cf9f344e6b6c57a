import type { OwnStream, RemoteStream, Room } from '@stoa/client';
import { EllipsisVertical, LogOut, Mic, MicOff, Settings, ShieldUser, Video, VideoOff } from 'lucide-react';
import { DeviceChoices } from '../calls/device-choices.tsx';
import { useLivePart } from '../hooks/live.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import { Menu, MenuItem, MenuLine } from '../ui/menu.tsx';
import styles from './rooms.module.css';

type Rights = Room['may'];

/** Chooses microphone, camera and speaker while the room goes on. */
export function RoomDeviceMenu({ camera }: { camera: OwnStream | undefined }) {
  return (
    <Menu label="Devices" icon={Settings} className={styles.control} isDark>
      <RoomDevices camera={camera} />
    </Menu>
  );
}

function RoomDevices({ camera }: { camera: OwnStream | undefined }) {
  const { rooms } = useWorkspace();
  const speaker = useLivePart(rooms, (state) => state.speaker);
  const inUse = {
    microphone: camera?.track('audio')?.getSettings().deviceId,
    camera: camera?.track('video')?.getSettings().deviceId,
    speaker: speaker ?? 'default',
  };
  return <DeviceChoices inUse={inUse} onChange={(kind, id) => rooms.choose(kind, id)} />;
}

/** What those who lead the room may do with somebody's stream; nothing for all others. */
export function StreamMenu({ stream, name, may }: { stream: RemoteStream; name: string; may: Rights }) {
  const { rooms } = useWorkspace();
  if (!may.has('control') && !may.has('hangup')) return null;
  const { user, dev, sid, info } = stream;
  const mute = (kind: 'audio' | 'video', on: boolean): void => {
    const what = { on, audio: kind === 'audio', video: kind === 'video' };
    rooms.do((room) => room.admin.mute([{ user, dev, sid }], what));
  };
  return (
    <Menu label={`Actions for ${name}`} icon={EllipsisVertical} className={styles.tileMenu} isDark>
      {may.has('control') && info.audio === 'on' && (
        <MenuItem icon={MicOff} onSelect={() => mute('audio', true)}>
          Mute
        </MenuItem>
      )}
      {may.has('control') && (info.audio === 'muted' || info.audio === 'locked') && (
        <MenuItem icon={Mic} onSelect={() => mute('audio', false)}>
          Ask to unmute
        </MenuItem>
      )}
      {may.has('control') && info.video === 'on' && (
        <MenuItem icon={VideoOff} onSelect={() => mute('video', true)}>
          Stop video
        </MenuItem>
      )}
      {may.has('control') && (info.video === 'muted' || info.video === 'locked') && (
        <MenuItem icon={Video} onSelect={() => mute('video', false)}>
          Ask to show video
        </MenuItem>
      )}
      {may.has('hangup') && (
        <>
          <MenuLine />
          <MenuItem
            icon={LogOut}
            danger
            onSelect={() => rooms.do((room) => room.admin.hangup([{ user, dev }]))}
          >
            Remove from the room
          </MenuItem>
        </>
      )}
    </Menu>
  );
}

/** The same with all others at once. */
export function EverybodyMenu({ may }: { may: Rights }) {
  const { rooms } = useWorkspace();
  if (!may.has('control') && !may.has('hangup')) return null;
  const mute = (what: { audio: boolean; video: boolean }): void =>
    rooms.do((room) => room.admin.mute(undefined, what));
  return (
    <Menu label="Everybody else" icon={ShieldUser} className={styles.control} isDark>
      {may.has('control') && (
        <>
          <MenuItem icon={MicOff} onSelect={() => mute({ audio: true, video: false })}>
            Mute everybody else
          </MenuItem>
          <MenuItem icon={VideoOff} onSelect={() => mute({ audio: false, video: true })}>
            Stop the video of everybody else
          </MenuItem>
        </>
      )}
      {may.has('hangup') && (
        <MenuItem icon={LogOut} danger onSelect={() => rooms.do((room) => room.admin.hangup())}>
          Remove everybody else
        </MenuItem>
      )}
    </Menu>
  );
}
