import type { CallDevice } from '@stoa/client';
import { Settings } from 'lucide-react';
import { useLivePart } from '../hooks/live.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import { Menu, MenuChoice } from '../ui/menu.tsx';
import type { CallView } from './call-board.ts';
import { useMediaDevices } from './use-media-devices.ts';

/** Chooses microphone, camera and speaker. */
export function DeviceMenu({ view, className }: { view: CallView; className: string | undefined }) {
  return (
    <Menu label="Devices" icon={Settings} className={className} isDark>
      <DeviceChoices view={view} />
    </Menu>
  );
}

function DeviceChoices({ view: { call, media } }: { view: CallView }) {
  const { calls } = useWorkspace();
  const devices = useMediaDevices();
  const speaker = useLivePart(calls, (state) => state.speaker);
  const { localStream } = call;
  const microphone = localStream.getAudioTracks()[0]?.getSettings().deviceId;
  const camera = media.screen ? undefined : localStream.getVideoTracks()[0]?.getSettings().deviceId;
  const inUse = { microphone, camera, speaker: speaker ?? 'default' };
  return kinds.map((kind) => {
    const options = devices
      .filter((device) => device.kind === kind)
      .map(({ id, label }, index) => ({ value: id, label: label || `${headings[kind]} ${index + 1}` }));
    if (options.length === 0) return null;
    return (
      <MenuChoice
        key={kind}
        label={headings[kind]}
        value={inUse[kind]}
        options={options}
        onChange={(id) => calls.choose(call, kind, id)}
      />
    );
  });
}

/** Not every browser lets a page choose where it is heard. */
const kinds: readonly CallDevice['kind'][] =
  'setSinkId' in HTMLMediaElement.prototype ? ['microphone', 'camera', 'speaker'] : ['microphone', 'camera'];

const headings = { microphone: 'Microphone', camera: 'Camera', speaker: 'Speaker' } as const;
