import type { CallDevice } from '@stoa/client';
import { MenuChoice } from '../ui/menu.tsx';
import { useMediaDevices } from './use-media-devices.ts';

type Kind = CallDevice['kind'];

/** Microphones, cameras and speakers to choose from, in a menu. */
export function DeviceChoices({
  inUse,
  onChange,
}: {
  inUse: Readonly<Record<Kind, string | undefined>>;
  onChange: (kind: Kind, id: string) => void;
}) {
  const devices = useMediaDevices();
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
        onChange={(id) => onChange(kind, id)}
      />
    );
  });
}

/** Not every browser lets a page choose where it is heard. */
const kinds: readonly Kind[] =
  'setSinkId' in HTMLMediaElement.prototype ? ['microphone', 'camera', 'speaker'] : ['microphone', 'camera'];

const headings = { microphone: 'Microphone', camera: 'Camera', speaker: 'Speaker' } as const;
