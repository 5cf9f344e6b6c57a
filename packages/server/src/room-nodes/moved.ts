import type { Bus } from '@stoa/bus';
import { msgpackCodec, type RoomNoticeFrame } from '@stoa/protocol';
import { publishToUser } from '../events.ts';
import type { RemoteRoom } from './rooms-elsewhere.ts';

/** Tells the devices of a room that it is at another node, where they are to join. */
export function tellMoved(bus: Bus, gid: number, { session, devices }: RemoteRoom): void {
  const frame: RoomNoticeFrame = { t: 'room', gid, session, event: { type: 'moved' } };
  const bytes = msgpackCodec.encode(frame) as Uint8Array;
  for (const { uid, dev } of devices.values()) {
    publishToUser(bus, uid, { type: 'frame', bytes, onlyDev: dev });
  }
}
