import { type HelloFrame, protocolVersion, type WelcomeFrame } from '@stoa/protocol';
import type { DeviceRecord } from './store/index.ts';
import type { Self } from './types.ts';

/** A new device. Its id has 128 random bits, so that nobody has the same and nobody guesses it. */
export function newDevice(lastSendId = 0): DeviceRecord {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const device = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return { device, lastSendId };
}

/** Whether the device's store holds the messages of another user. */
export function isForeign({ self }: DeviceRecord, { uid, address }: WelcomeFrame): boolean {
  return self !== undefined && (self.uid !== uid || self.address !== address);
}

export function selfOf({ uid, address, name, dev }: WelcomeFrame): Self {
  return { uid, address, name, dev };
}

/** The first frame of every connection. */
export function helloOf(
  { device, position }: DeviceRecord,
  { token, app, agent }: { token: string; app: string | undefined; agent: string | undefined },
): HelloFrame {
  return {
    t: 'hello',
    v: protocolVersion,
    token,
    device,
    ...(app === undefined ? {} : { app }),
    ...(position === undefined ? {} : { position }),
    ...(agent === undefined ? {} : { agent }),
  };
}
