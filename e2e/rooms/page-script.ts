/**
 * What runs in the pages of the tests of rooms: an application on the client that shows every stream it is told of in
 * a video element, and `roomPage`, by which a test drives it.
 */
import { Client, type RemoteStream, type Room } from '@stoa/client';

const query = new URLSearchParams(location.search);
const option = (name: string): string => query.get(name) ?? '';

const client = new Client({ url: option('server'), token: option('token') });
const elements = new Map<RemoteStream, HTMLVideoElement>();
const log: string[] = [];
let room: Room | undefined;

client.on('problem', (error) => log.push(`problem ${error.code} ${error.message}`));

function show(stream: RemoteStream): void {
  const element = elements.get(stream) ?? document.createElement('video');
  elements.set(stream, element);
  element.playsInline = true;
  element.style.height = '180px';
  document.body.append(element);
  stream.attach(element);
}

function current(): Room {
  if (room === undefined) throw new Error('The page is in no room.');
  return room;
}

const roomPage = {
  async join(gid: number): Promise<string[]> {
    if (client.status.state !== 'online') {
      const online = new Promise<void>((resolve) => {
        client.on('status', ({ state }) => state === 'online' && resolve());
      });
      await client.start();
      await online;
    }
    room = await client.rooms.join(gid);
    current().streams.forEach(show);
    current().on('stream', show);
    current().on('streamEnded', (stream) => elements.get(stream)?.remove());
    current().on('status', (status) =>
      log.push(status.phase === 'ended' ? `ended ${status.reason}` : status.phase),
    );
    current().on('participant', ({ user, away }) => away && log.push(`away ${user}`));
    current().on('left', ({ user }, reason) => log.push(`left ${user} ${reason}`));
    current().on('rights', (may) => log.push(`may ${[...may].join(' ')}`));
    current().on('problem', (error) => log.push(`problem ${error.code} ${error.message}`));
    return [...current().may];
  },

  async publish(): Promise<void> {
    await current().publish();
  },

  async share(): Promise<number> {
    return (await current().publish({ source: 'screen', audio: false })).sid;
  },

  /** Frames decoded of this stream so far, and whether it was heard; undefined when it is not there. */
  async received(user: string, sid: number): Promise<{ frames: number; energy: number } | undefined> {
    const stream = current().streams.find((each) => each.user === user && each.sid === sid);
    if (stream === undefined) return undefined;
    const tracks = stream.mediaStream.getTracks().map(({ id }) => id);
    const { view } = await current().stats();
    const sum = { frames: 0, energy: 0 };
    for (const report of view?.values() ?? []) {
      if (report.type !== 'inbound-rtp' || !tracks.includes(report.trackIdentifier)) continue;
      sum.frames += report.framesDecoded ?? 0;
      sum.energy += report.totalAudioEnergy ?? 0;
    }
    return sum;
  },

  get speakers(): string[] {
    return current().speakers.map(({ user }) => user);
  },

  get participants(): string[] {
    return current().participants.map(({ user }) => user);
  },

  /** Whether the element of this stream plays the same object as before. */
  get streams(): number {
    return elements.size;
  },

  log,

  leave: () => current().leave(),
};

export type RoomHarness = typeof roomPage;

Object.assign(globalThis, { roomPage });
