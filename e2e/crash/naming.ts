/** Who takes part in a run, and how its messages are told apart, whatever becomes of their content. */
export const addresses: readonly string[] = ['alice', 'bob', 'carol'];

/** Is in every group from its beginning to its end, and only looks on. */
export const witness = 'witness';

/** The `number`th device of a user. */
export const deviceName = (address: string, number: number): string => `${address}.${number}`;

/** The local id that goes with a message through all of its life: it names the device and counts its messages. */
export function localIdOf(device: string, count: number): number {
  const [address = '', number] = device.split('.');
  return (addresses.indexOf(address) * devicesAtMost + Number(number)) * perDevice + count;
}

/** `<device>#<count>`. */
export function keyOf(localId: number): string {
  const device = Math.floor(localId / perDevice);
  const address = addresses[Math.floor(device / devicesAtMost)] ?? 'nobody';
  return `${deviceName(address, device % devicesAtMost)}#${localId % perDevice}`;
}

/** Texts begin with a word that no other text has; what follows only makes them larger. */
export function wordOf(content: { readonly text?: string } | undefined): string | null {
  return content?.text?.split(' ', 1)[0] ?? null;
}

const devicesAtMost = 10;
const perDevice = 1_000_000;
