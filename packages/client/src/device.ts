import { type HelloFrame, protocolVersion, type WelcomeFrame } from '@stoa/protocol';
import type { DeviceRecord } from './store/index.ts';
import type { Self } from './types.ts';

/** An id of 128 random bits: nobody has the same, and nobody guesses it. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function newDevice(lastSendId = 0): DeviceRecord {
  return { device: randomId(), lastSendId };
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
  run: string,
  front: boolean,
): HelloFrame {
  return {
    t: 'hello',
    v: protocolVersion,
    token,
    device,
    run,
    ...(front ? {} : { front }),
    ...(app === undefined ? {} : { app }),
    ...(position === undefined ? {} : { position }),
    ...(agent === undefined ? {} : { agent }),
  };
}
