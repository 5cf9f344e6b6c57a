import type { Client, OwnStream, Room } from '@stoa/client';
import { StoaError } from '@stoa/protocol';
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
  /** By the user. */
  readonly muted = { audio: false, video: false };
  /** As the server has it. */
  readonly info: Record<Half, 'on' | 'muted' | 'locked'> = { audio: 'on', video: 'on' };
  readonly halves: Set<Half>;
  readonly sid: number;
  readonly source: string;
  isThere = true;
  /** What happens while the user is asked for another device. */
  whileAsking: () => void = () => {};

  constructor(sid: number, source: string, halves: Iterable<Half>) {
    this.sid = sid;
    this.source = source;
    this.halves = new Set(halves);
  }

  track(half: Half): object | undefined {
    return this.halves.has(half) ? {} : undefined;
  }
  isMuted(half: Half): boolean {
    return this.muted[half] || this.info[half] !== 'on';
  }
  isLocked(half: Half): boolean {
    return this.info[half] === 'locked';
  }
  async mute(muted: { audio?: boolean; video?: boolean }): Promise<void> {
    const changes = Object.entries(muted) as [Half, boolean][];
    if (changes.some(([half, isMuted]) => !isMuted && this.isLocked(half)))
      throw new StoaError('PERMISSION_DENIED', 'It is locked.');
    for (const [half, isMuted] of changes) {
      this.muted[half] = isMuted;
      if (!this.isLocked(half)) this.info[half] = isMuted ? 'muted' : 'on';
    }
  }
  async useCamera(): Promise<void> {
    this.whileAsking();
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
  readonly heardBy = new Map<string, (...args: unknown[]) => void>();
  isLeft = false;
  /** Lets the publishing go on that waits for the user's word. */
  allow: () => void = () => {};
  refuse: () => void = () => {};

  get ownStreams(): FakeStream[] {
    return this.published.filter(({ isThere }) => isThere);
  }
  on(event: string, listener: (...args: unknown[]) => void): void {
    this.listeners.push(event);
    this.heardBy.set(event, listener);
  }
  tell(event: string, ...args: unknown[]): void {
    this.heardBy.get(event)?.(...args);
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
    await new Promise<void>((resolve, reject) => {
      this.allow = resolve;
      this.refuse = () => reject(new Error('refused'));
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
let onHangup: () => void;
/** What the server does when a room is joined: lets him in, unless it says otherwise. */
let onJoin: (gid: number) => 'in' | 'waits';

const room = (): FakeRoom => rooms.at(-1) ?? new FakeRoom();

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

beforeEach(async () => {
  rooms = [];
  heard = [];
  onHangup = () => {};
  onJoin = () => 'in';
  const online = new Promise<void>((resolve) => {
    synced = resolve;
  });
  const join = async (gid: number): Promise<Room | undefined> => {
    const isIn = onJoin(gid) === 'in';
    await Promise.resolve();
    if (!isIn) return undefined;
    const made = new FakeRoom();
    rooms.push(made);
    return made as object as Room;
  };
  const waiting = (gid: number) => ({ leave: async () => heard.push(`waits no longer for ${gid}`) });
  const client = {
    self: { uid: 1, address: 'ann', dev: 1 },
    rooms: { join, waiting },
    on: () => () => {},
  } as object as Client;
  const context = {
    client,
    listeners: new Listeners(),
    whenClient: () => Promise.resolve(client),
    whenSynced: () => online,
    fail: (error: unknown) => heard.push(String(error)),
  } as object as Context;
  live = new MesiboGroupCall(context, 7);
  live.join({
    MesiboGroupcall_OnHangup: (_: MesiboParticipant, reason: number) => {
      heard.push(`hangup ${reason}`);
      onHangup();
    },
  });
  publisher = live.createPublisher(0);
});

async function enter(): Promise<void> {
  synced();
  await settled();
}

/** What the user allows to be published. */
async function published(audio: boolean, video: boolean): Promise<FakeStream> {
  await enter();
  publisher.call(audio, video);
  await settled();
  room().allow();
  await settled();
  const [own] = room().ownStreams;
  if (own === undefined) throw new Error('nothing is published');
  return own;
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

  it('stays muted by others until its user ends that himself', async () => {
    const own = await published(true, true);
    own.info.audio = 'muted';
    publisher.toggleVideoMute();
    await settled();
    publisher.call(true, false);
    publisher.setVisible(true);
    await settled();
    expect(own.info).toEqual({ audio: 'muted', video: 'muted' });
    expect(publisher.toggleAudioMute()).toBe(false);
    await settled();
    expect([own.info, heard]).toEqual([{ audio: 'on', video: 'muted' }, []]);
  });

  it('has its camera turned off while others have locked its sound, which it cannot end', async () => {
    const own = await published(true, true);
    own.info.audio = 'locked';
    publisher.toggleVideoMute();
    await settled();
    expect([own.muted.video, heard]).toEqual([true, []]);
    publisher.mute(true, true, true);
    await settled();
    expect([own.info, heard.length]).toEqual([{ audio: 'locked', video: 'on' }, 1]);
    expect(heard[0]).toMatch('Only who controls the room');
    // It is his own choice again, which he has not made yet.
    own.info.audio = 'muted';
    publisher.toggleVideoMute();
    await settled();
    expect(own.info).toEqual({ audio: 'muted', video: 'muted' });
  });

  it('opens no camera because others ask for the end of what is muted', async () => {
    const own = await published(true, false);
    own.info.audio = 'muted';
    live.join(null, { MesiboGroupcallAdmin_OnMute: () => true });
    room().tell('ask', { what: 'unmute', sid: 0, audio: true, video: true }, 'bob');
    await settled();
    expect([[...own.halves], own.info.audio]).toEqual([['audio'], 'on']);
  });

  it('can be called anew as soon as it hears that it failed', async () => {
    await enter();
    onHangup = () => publisher.call(true, false);
    publisher.call(true, true);
    await settled();
    room().refuse();
    await settled();
    room().allow();
    await settled();
    expect([publisher.isPublisher(), room().ownStreams.map(({ halves }) => [...halves])]).toEqual([
      true,
      [['audio']],
    ]);
  });

  it('can be called anew as soon as it hears that others have ended it', async () => {
    const own = await published(true, true);
    onHangup = () => publisher.call(true, true);
    own.isThere = false;
    room().tell('ownStreamEnded', own);
    await settled();
    room().allow();
    await settled();
    expect(room().ownStreams).toHaveLength(1);
  });

  it('publishes what is wanted by then when something else failed', async () => {
    await enter();
    publisher.call(true, true);
    await settled();
    publisher.call(true, false);
    room().refuse();
    await settled();
    room().allow();
    await settled();
    expect([publisher.isPublisher(), heard]).toEqual([true, ['Error: refused']]);
  });

  it('is not seen after it was hung up, at whatever moment', async () => {
    await enter();
    for (let turns = 0; turns < 20; turns += 1) {
      publisher.call(true, true);
      await settled();
      room().allow();
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      publisher.hangup();
      await settled();
      expect(room().ownStreams, `after ${turns} turns`).toEqual([]);
    }
  });

  it('shows nothing of a stream that was ended while the browser asked for a camera', async () => {
    const own = await published(true, false);
    const element = { srcObject: null, setAttribute: () => {}, play: async () => {} };
    publisher.setVideoView(element as object as HTMLVideoElement);
    own.whileAsking = () => {
      own.isThere = false;
      room().tell('ownStreamEnded', own);
    };
    publisher.toggleVideoMute();
    await settled();
    expect([element.srcObject, publisher.isPublisher()]).toEqual([null, false]);
  });
});

it('joins the room that is wanted by then when another one could not be joined', async () => {
  onJoin = (gid) => {
    if (gid !== 7) return 'in';
    live.setRoom(8);
    throw new Error('no entrance');
  };
  await enter();
  expect([rooms.length, heard]).toEqual([1, ['Error: no entrance']]);
});

it.each([
  ['while it waits', false],
  ['before it hears that it has to wait', true],
])('is let in no more after it was left %s', async (_, isEarly) => {
  onJoin = () => {
    if (isEarly) live.leave();
    return 'waits';
  };
  await enter();
  live.leave();
  await settled();
  expect(heard).toEqual(['waits no longer for 7']);
});

it('is another one for a group whose call was made that of another group', () => {
  const api = new Mesibo();
  const call = api.groupCall({}, 5);
  call?.setRoom(6);
  const again = api.groupCall({}, 5);
  expect([again === call, api.groupCall({}, 6) === call, api.groupCall({}, 5) === again]).toEqual([
    false,
    true,
    true,
  ]);
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
