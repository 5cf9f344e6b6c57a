/** How devices and members learn what happens in a room, on whatever node they are. */
import type { Bus } from '@stoa/bus';
import { msgpackCodec, type RoomNotice, type RoomNoticeFrame } from '@stoa/protocol';
import { type GroupEvent, publishToUser, subjects } from '../events.ts';
import type { Addressee, RoomFacts } from './room-state.ts';

/** Which room, and which beginning of it. */
type Told = Pick<RoomFacts, 'gid' | 'session'>;

export function tellDevices(bus: Bus, room: Told, to: Iterable<Addressee>, notice: RoomNotice): void {
  const bytes = encoded(room, notice);
  const droppable = droppableNotices.has(notice.type);
  for (const { uid, dev } of to) {
    publishToUser(bus, uid, {
      type: 'frame',
      bytes,
      onlyDev: dev,
      ...(droppable ? { droppable } : {}),
    });
  }
}

export function tellMembers(bus: Bus, room: Told & Pick<RoomFacts, 'conv'>, notice: RoomNotice): void {
  const event: GroupEvent = {
    type: 'group-frame',
    to: 'admitted',
    bytes: encoded(room, notice),
    droppable: true,
  };
  bus.publish(subjects.group(room.conv), event);
}

function encoded({ gid, session }: Told, event: RoomNotice): Uint8Array {
  const frame: RoomNoticeFrame = { t: 'room', gid, session, event };
  return msgpackCodec.encode(frame) as Uint8Array;
}

/** What is true for the moment only. */
const droppableNotices: ReadonlySet<RoomNotice['type']> = new Set([
  'speakers',
  'reaction',
  'quality',
  'count',
]);
