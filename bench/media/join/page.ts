/** What runs in the pages of the row "join": one publishes in a room, the other joins it over and over. */
import { Client, type RemoteStream, type Room } from '@stoa/client';
import { indexedDbStore } from '@stoa/client/indexed-db';
import { firstFrame } from '../../calls/first-frame.ts';

const query = new URLSearchParams(location.search);
const option = (name: string): string => query.get(name) ?? '';

const client = new Client({
  url: option('server'),
  token: option('token'),
  store: indexedDbStore(`join-${option('user')}`),
});

function firstStream(room: Room): Promise<RemoteStream> {
  const [stream] = room.streams;
  return stream === undefined
    ? new Promise((resolve) => room.on('stream', resolve))
    : Promise.resolve(stream);
}

async function enter(gid: number): Promise<Room> {
  const room = await client.rooms.join(gid);
  if (room === undefined) throw new Error('The room has a waiting room.');
  return room;
}

export const joiner = {
  client,
  async publish(gid: number): Promise<void> {
    const room = await enter(gid);
    await room.publish();
  },
  /** Milliseconds from joining to the first frame that is decoded. Leaves the room again. */
  async join(gid: number): Promise<number> {
    const at = performance.now();
    const room = await enter(gid);
    const stream = await firstStream(room);
    const seen = firstFrame(stream.mediaStream, () => performance.now());
    stream.setHeight(720);
    stream.subscribe({ audio: true, video: true });
    const seenAt = await seen;
    await room.leave();
    return seenAt - at;
  },
};
export type Joiner = typeof joiner;
Object.assign(globalThis, { joiner });
await client.start();
