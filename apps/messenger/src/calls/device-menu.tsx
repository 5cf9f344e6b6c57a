import { Settings } from 'lucide-react';
import { useLivePart } from '../hooks/live.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import { Menu } from '../ui/menu.tsx';
import type { CallView } from './call-board.ts';
import { DeviceChoices } from './device-choices.tsx';

/** Chooses microphone, camera and speaker. */
export function DeviceMenu({ view, className }: { view: CallView; className: string | undefined }) {
  return (
    <Menu label="Devices" icon={Settings} className={className} isDark>
      <CallDevices view={view} />
    </Menu>
  );
}

function CallDevices({ view: { call, media } }: { view: CallView }) {
  const { calls } = useWorkspace();
  const speaker = useLivePart(calls, (state) => state.speaker);
  const { localStream } = call;
  const microphone = localStream.getAudioTracks()[0]?.getSettings().deviceId;
  const camera = media.screen ? undefined : localStream.getVideoTracks()[0]?.getSettings().deviceId;
  const inUse = { microphone, camera, speaker: speaker ?? 'default' };
  return <DeviceChoices inUse={inUse} onChange={(kind, id) => calls.choose(call, kind, id)} />;
}
