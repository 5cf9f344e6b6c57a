import type { Client, OwnStream, Room } from '@stoa/client';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Context } from '../context.ts';
import { Listeners } from '../listeners.ts';
import { Mesibo } from '../mesibo.ts';
import { MesiboGroupCall } from './group-call.ts';
import type { MesiboParticipant } from './room-participant.ts';

type Half = 'audio' | 'video';

/** A camera and microphone, which the test lets the user allow. */
class FakeStream {
  readonly mediaStream = {};
  readonly muted = { audio: false, video: false };
  readonly halves: Set<Half>;
  readonly sid: number;
  readonly source: string;
  isThere = true;

  constructor(sid: number, source: string, halves: Iterable<Half>) {
    this.sid = sid;
    this.source = source;
    this.halves = new Set(halves);
  }

  track(half: Half): object | undefined {
    return this.halves.has(half) ? {} : undefined;
  }
  isMuted(half: Half): boolean {
    return this.muted[half];
  }
  isLocked(): boolean {
    return false;
  }
  async mute(muted: { audio?: boolean; video?: boolean }): Promise<void> {
    Object.assign(this.muted, muted);
  }
  async useCamera(): Promise<void> {
    this.halves.add('video');
  }
  async useMicrophone(): Promise<void> {
    this.halves.add('audio');
  }
  async stop(): Promise<void> {
    this.isThere = false;
  }
}

/** The room of a group, as far as publishing needs it. */
class FakeRoom {
  readonly participants = [];
  readonly streams = [];
  readonly may = new Set();
  readonly published: FakeStream[] = [];
  readonly listeners: string[] = [];
  isLeft = false;
  /** Lets the publishing go on that waits for the user's word. */
  allow: () => void = () => {};

  get ownStreams(): FakeStream[] {
    return this.published.filter(({ isThere }) => isThere);
  }
  on(event: string): void {
    this.listeners.push(event);
  }
  hearOthers(): void {}
  async leave(): Promise<void> {
    this.isLeft = true;
  }
  async publish({
    sid,
    source,
    audio,
    video,
  }: {
    sid: number;
    source: string;
    audio: boolean;
    video: boolean;
  }) {
    await new Promise<void>((resolve) => {
      this.allow = resolve;
    });
    const halves = [...(audio ? (['audio'] as const) : []), ...(video ? (['video'] as const) : [])];
    const stream = new FakeStream(sid, source, halves);
    this.published.push(stream);
    return stream as object as OwnStream;
  }
}

let rooms: FakeRoom[];
let synced: () => void;
let live: MesiboGroupCall;
let publisher: MesiboParticipant;
let heard: string[];

const room = (): FakeRoom => rooms.at(-1) ?? new FakeRoom();

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

beforeEach(async () => {
  rooms = [];
  heard = [];
  const online = new Promise<void>((resolve) => {
    synced = resolve;
  });
  const join = async (): Promise<Room> => {
    await Promise.resolve();
    const made = new FakeRoom();
    rooms.push(made);
    return made as object as Room;
  };
  const client = { self: { uid: 1, address: 'ann', dev: 1 }, rooms: { join } } as object as Client;
  const context = {
    client,
    listeners: new Listeners(),
    whenClient: () => Promise.resolve(client),
    whenSynced: () => online,
    fail: (error: unknown) => heard.push(String(error)),
  } as object as Context;
  live = new MesiboGroupCall(context, 7);
  live.join({
    MesiboGroupcall_OnHangup: (_: MesiboParticipant, reason: number) => heard.push(`hangup ${reason}`),
  });
  publisher = live.createPublisher(0);
});

async function enter(): Promise<void> {
  synced();
  await settled();
}

describe('a publisher', () => {
  it('is not seen after it was hung up while the browser asked for the camera', async () => {
    await enter();
    publisher.call(true, true);
    await settled();
    publisher.hangup();
    room().allow();
    await settled();
    expect(room().published.map(({ isThere }) => isThere)).toEqual([false]);
    expect([publisher.isPublisher(), publisher.isCallInProgress(), heard]).toEqual([false, false, []]);
    publisher.call(true, true);
    await settled();
    room().allow();
    await settled();
    expect(publisher.isPublisher()).toBe(true);
  });

  it('is not seen after the room was left meanwhile, and can publish in it again', async () => {
    await enter();
    publisher.call(true, true);
    await settled();
    const [first] = rooms;
    live.leave();
    first?.allow();
    await settled();
    expect([first?.isLeft, first?.ownStreams, publisher.isPublisher()]).toEqual([true, [], false]);
    live.join();
    publisher.call(true, false);
    await settled();
    room().allow();
    await settled();
    expect([room().ownStreams.length, publisher.isPublisher()]).toEqual([1, true]);
  });

  it('publishes what the last call says, when it was called twice', async () => {
    await enter();
    publisher.call();
    await settled();
    publisher.call(true, false);
    room().allow();
    await settled();
    expect(room().ownStreams.map(({ muted }) => muted)).toEqual([{ audio: false, video: true }]);
    expect([publisher.getMuteStatus(false), publisher.getMuteStatus(true)]).toEqual([false, true]);
  });

  it.each([
    ['camera', true, false],
    ['microphone', false, true],
  ])('opens the %s that it was called without when it is unmuted', async (_, audio, video) => {
    await enter();
    publisher.call(audio, video);
    await settled();
    room().allow();
    await settled();
    expect([publisher.getMuteStatus(false), publisher.getMuteStatus(true)]).toEqual([!audio, !video]);
    if (audio) publisher.toggleVideoMute();
    else publisher.toggleAudioMute();
    await settled();
    const [own] = room().ownStreams;
    expect([own?.halves.size, own?.muted]).toEqual([2, { audio: false, video: false }]);
    expect([publisher.getMuteStatus(false), publisher.getMuteStatus(true)]).toEqual([false, false]);
  });

  it('stays muted when its visibility is set, or it is called once more without a word', async () => {
    await enter();
    publisher.call(true, true);
    await settled();
    room().allow();
    await settled();
    expect(publisher.toggleAudioMute()).toBe(true);
    publisher.setVisible(true);
    publisher.call();
    await settled();
    expect(room().ownStreams.map(({ muted }) => muted)).toEqual([{ audio: true, video: false }]);
  });
});

it('is the same for the same group, and hears with the listener that was given last', () => {
  const api = new Mesibo();
  const call = api.groupCall({}, 7);
  const again = api.groupCall(null, '7');
  expect([again === call, call === api.groupCall({}, 8), api.groupCall({}, 0)]).toEqual([true, false, null]);
  expect(call?.createPublisher(0)).toBe(again?.createPublisher(0));
});

it('enters a room once, however often it is left and joined before there is a connection', async () => {
  live.leave();
  live.join();
  live.leave();
  live.join();
  await enter();
  expect(rooms).toHaveLength(1);
  expect(new Set(room().listeners).size).toBe(room().listeners.length);
  expect(room().isLeft).toBe(false);
});
