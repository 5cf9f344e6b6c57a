import type { OperationHandlers } from '../socket/operations.ts';
import type { Devices } from './devices.ts';

/** What a signed-in device can ask about its user's devices. */
export function deviceOperations(
  devices: Devices,
): Required<Pick<OperationHandlers, 'devices.list' | 'devices.signOut'>> {
  return {
    'devices.list': async ({ uid, dev: own }) => {
      const listed = await devices.list(uid);
      return { devices: listed.map((device) => ({ ...device, current: device.dev === own })) };
    },
    'devices.signOut': async ({ uid }, { dev }) => {
      await devices.signOut(uid, dev);
      return {};
    },
  };
}
