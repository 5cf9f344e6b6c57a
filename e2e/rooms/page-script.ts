/**
 * What runs in the pages of the tests of rooms: an application on the client that shows every stream it is told of in
 * a video element, and `roomPage`, by which a test drives it.
 */
import { Client, type RemoteStream, type Room, systemRoomPlatform } from '@stoa/client';
import { indexedDbStore } from '@stoa/client/indexed-db';
import { StoaError } from '@stoa/protocol';
import { Receipts } from './receipts.ts';

const query = new URLSearchParams(location.search);
const option = (name: string): string => query.get(name) ?? '';

const camera: { height: number; rate: number } = JSON.parse(option('camera'));
const browser = systemRoomPlatform();
if (browser === undefined) throw new Error('This browser has no WebRTC.');
const platform = {
  ...browser,
  /** With pictures as small as the test wants them, and in a crowd with sound as it is. */
  userMedia: ({ audio = false, video = false }: MediaStreamConstraints) =>
    browser.userMedia({
      audio: audio === false ? false : { ...(audio as object), ...unprocessed },
      video: video === false ? false : { ...(video as object), ...pictures },
    }),
  /** A screen in its own size would leave nothing for the cameras where machine and path are busy. */
  displayMedia: ({ audio = false }: DisplayMediaStreamOptions) =>
    browser.displayMedia({ audio, video: pictures }),
};
const unprocessed =
  option('takes') === '' ? {} : { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
const pictures = {
  width: Math.round((camera.height * 16) / 9),
  height: camera.height,
  frameRate: camera.rate,
};

const client = new Client({
  url: option('server'),
  token: option('token'),
  // Who comes back is the device that he was.
  store: indexedDbStore('rooms'),
  rooms: { platform, relayOnly: option('relay') !== '' },
});
const rooms = new Map<number, Room>();
const elements = new Map<RemoteStream, HTMLVideoElement>();
const log: string[] = [];
/** When what happened, in milliseconds since 1970. */
const times: { readonly at: number; readonly what: string }[] = [];
let room: Room | undefined;
let receipts: Receipts | undefined;

function time(what: string): void {
  times.push({ at: Date.now(), what });
}

function note(what: string): void {
  log.push(what);
  time(what);
}

client.on('status', ({ state }) => time(state));
client.on('problem', (error) => log.push(`problem ${error.code} ${error.message}`));

/** Plays its sound, and has its picture sent in this height without showing it: painting costs more than decoding. */
function take(stream: RemoteStream, height: number): void {
  const sound = new Audio();
  sound.srcObject = stream.mediaStream;
  sound.autoplay = true;
  stream.setHeight(height);
  stream.subscribe({ audio: true, video: true });
}

function show(stream: RemoteStream): void {
  const taken = Number(option('takes'));
  if (taken > 0) {
    take(stream, taken);
    return;
  }
  const element = elements.get(stream) ?? document.createElement('video');
  elements.set(stream, element);
  element.playsInline = true;
  element.style.height = `${option('size') || 180}px`;
  document.body.append(element);
  stream.attach(element);
}

function current(): Room {
  if (room === undefined) throw new Error('The page is in no room.');
  return room;
}

function follow(gid: number, joined: Room): void {
  rooms.set(gid, joined);
  joined.streams.forEach(show);
  joined.on('stream', show);
  joined.on('streamEnded', (stream) => elements.get(stream)?.remove());
  joined.on('status', (status) => note(status.phase === 'ended' ? `ended ${status.reason}` : status.phase));
  joined.on('participant', ({ user, away }) => away && note(`away ${user}`));
  joined.on('left', ({ user }, reason) => note(`left ${user} ${reason}`));
  joined.on('rights', (may) => log.push(`may ${[...may].join(' ')}`));
  joined.on('media', (direction, isUp) => note(`${direction} ${isUp ? 'up' : 'down'}`));
  joined.on('problem', (error) => log.push(`problem ${error.code} ${error.message} ${error.cause ?? ''}`));
}

function throwUnlessOffline(error: unknown): void {
  if (!(error instanceof StoaError) || error.code !== 'UNAVAILABLE') throw error;
}

function elementOf(user: string): HTMLVideoElement {
  const stream = find(user, 0);
  const element = stream && elements.get(stream);
  if (element === undefined) throw new Error(`There is no picture of ${user}.`);
  return element;
}

function find(user: string, sid: number): RemoteStream | undefined {
  return current().streams.find((each) => each.user === user && each.sid === sid);
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
    const known = rooms.get(gid);
    room = known ?? (await client.rooms.join(gid));
    receipts = new Receipts(current(), ({ user }) => time(`pictures ${user}`));
    if (known === undefined) follow(gid, current());
    return [...current().may];
  },

  /** Again on the next connection, where a busy machine has lost that of the page. */
  async publish(): Promise<void> {
    while (current().ownStreams.length === 0) {
      if (current().status.phase !== 'joined') await new Promise(requestAnimationFrame);
      else await current().publish().catch(throwUnlessOffline);
    }
  },

  async share({ audio }: { audio: boolean }): Promise<number> {
    return (await current().publish({ source: 'screen', audio })).sid;
  },

  /** Pictures decoded of this stream so far, their height, and whether it was heard; undefined when it is not there. */
  async received(user: string, sid: number) {
    const stream = find(user, sid);
    if (stream === undefined) return undefined;
    await receipts?.take();
    return receipts?.of(stream);
  },

  /** Counts from now on. */
  async forget(): Promise<void> {
    await receipts?.take();
    receipts?.forget();
  },

  /** What has not come of these users' cameras. */
  async missing(users: readonly string[]): Promise<string[]> {
    await receipts?.take();
    return users.flatMap((user) => {
      const stream = find(user, 0);
      const { frames, energy } = (stream && receipts?.of(stream)) ?? { frames: 0, energy: 0 };
      return [...(frames > 3 ? [] : [`pictures of ${user}`]), ...(energy > 0 ? [] : [`sound of ${user}`])];
    });
  },

  /** Shows a stream in this height; nothing is seen of it when that is 0. */
  resize(user: string, height: number): void {
    const { style } = elementOf(user);
    style.height = `${height}px`;
    style.display = height === 0 ? 'none' : '';
  },

  /** Moves a stream below what is in sight, or back. */
  scroll(user: string, away: boolean): void {
    elementOf(user).style.marginTop = away ? '5000px' : '';
  },

  /** The camera that is used; with a number the one of this number from now on. */
  async camera(index?: number): Promise<string> {
    const [own] = current().ownStreams;
    const devices = await navigator.mediaDevices.enumerateDevices();
    const wanted = devices.filter(({ kind }) => kind === 'videoinput')[index ?? -1];
    if (wanted !== undefined) await own?.useCamera(wanted.deviceId);
    return own?.track('video')?.label ?? '';
  },

  /** Pulls out the camera that is used, as far as the page can tell. */
  async unplug(): Promise<void> {
    const { mediaDevices } = navigator;
    const used = current().ownStreams[0]?.track('video')?.getSettings().deviceId;
    const left = (await mediaDevices.enumerateDevices()).filter(({ deviceId }) => deviceId !== used);
    mediaDevices.enumerateDevices = async () => left;
    mediaDevices.dispatchEvent(new Event('devicechange'));
  },

  get user(): string {
    return current().self?.user ?? '';
  },

  get session(): string {
    return current().session;
  },

  get speakers(): string[] {
    return current().speakers.map(({ user }) => user);
  },

  get participants(): string[] {
    return current().participants.map(({ user }) => user);
  },

  /** How many objects there were for streams. */
  get streams(): number {
    return elements.size;
  },

  log,
  times,

  leave: () => current().leave(),
};

export type RoomHarness = typeof roomPage;

Object.assign(globalThis, { roomPage });
