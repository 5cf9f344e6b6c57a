import { FakePlatform } from '@stoa/client/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { internal } from '../internal.ts';
import { Chat, type Party, profileOf } from '../testing/chat.ts';
import { eventually } from '../testing/eventually.ts';

const status = {
  inProgress: 2,
  ringing: 3,
  answer: 5,
  channelUp: 0x30,
  complete: 0x40,
  cancel: 0x41,
  busy: 0x43,
};
const record = { missed: 0x15, incoming: 0x16, outgoing: 0x17 };

interface Caller extends Party {
  readonly platform: FakePlatform;
}

let chat: Chat;
let users = 0;
beforeAll(async () => {
  chat = await Chat.start();
});
afterEach(() => chat.signOutAll());
afterAll(() => chat.close());

/** The application of somebody whom no other test knows, in a browser that the test plays. */
async function caller(): Promise<Caller> {
  users += 1;
  const platform = new FakePlatform();
  const party = await chat.prepare(`caller${users}`);
  party.api[internal].configure({ callPlatform: platform });
  party.api.start();
  await party.heard.until(() => party.api.isOnline(), 'online');
  return { ...party, platform };
}

async function ring(from: Caller, to: Caller, video = false): Promise<void> {
  const { ringing } = to.heard;
  const before = ringing.length;
  expect(from.api.call(to.address, video)).toBe(0);
  await to.heard.until(() => ringing.length > before, 'a call');
  expect(ringing.at(-1)).toMatchObject({ from: from.address, video });
}

async function connect(from: Caller, to: Caller, video = false): Promise<void> {
  await ring(from, to, video);
  expect(to.api.answer(true)).toBe(0);
  await Promise.all([from.heard.call(status.answer), to.heard.call(status.answer)]);
  for (const { platform } of [from, to]) platform.peers.at(-1)?.becomes('connected');
  await Promise.all([from.heard.call(status.channelUp), to.heard.call(status.channelUp)]);
}

/** Resolves to the statuses of the calls that the application has been told of as messages, when there are so many. */
async function records({ heard }: Party, count = 1): Promise<number[]> {
  const calls = () => heard.reports.flatMap((each) => (each?.message.isCall() ? [each.status] : []));
  await heard.until(() => calls().length === count, `${count} records of calls`);
  return calls();
}

describe('a call', () => {
  it('tells both sides every step, and is a message afterwards', async () => {
    const [alice, bob] = [await caller(), await caller()];
    await connect(alice, bob, true);
    const [{ callid } = { callid: 0 }] = bob.heard.ringing;
    expect(bob.api.getCallId()).toBe(callid);
    expect(alice.api.getActiveCall()).toMatchObject({ peer: bob.address });
    expect(alice.api.getActiveP2PCall()?.isVideoCall()).toBe(true);
    expect(profileOf(alice, bob).isVideoCallInProgress()).toBe(true);
    bob.api.hangup(callid);
    await Promise.all([alice.heard.call(status.complete), bob.heard.call(status.complete)]);
    expect(alice.heard.calls).toEqual([
      status.inProgress,
      status.ringing,
      status.answer,
      status.channelUp,
      status.complete,
    ]);
    expect(bob.heard.calls).toEqual([status.answer, status.channelUp, status.complete]);
    expect(await records(alice)).toEqual([record.outgoing]);
    expect(await records(bob)).toEqual([record.incoming]);
    const [message] = bob.heard.messages;
    expect([message?.isIncomingCall(), message?.isVideoCall(), message?.isMissedCall()]).toEqual([
      true,
      true,
      false,
    ]);
    expect(message?.getCallDuration()).toBeLessThan(10);
    expect(profileOf(alice, bob).isCallInProgress()).toBe(false);
    expect(alice.api.getActiveCall()).toBe(null);
    expect([alice.api.hangup(), alice.api.hangup(0), alice.api.hangup(callid)]).toEqual([0, 0, 0]);
  });

  it('is declined, or taken back', async () => {
    const [alice, bob] = [await caller(), await caller()];
    await ring(alice, bob);
    bob.api.hangup(0);
    await Promise.all([alice.heard.call(status.busy), bob.heard.call(status.complete)]);
    await ring(alice, bob);
    alice.api.hangup();
    await Promise.all([alice.heard.call(status.cancel), bob.heard.call(status.cancel)]);
    expect(await records(bob, 2)).toEqual([record.incoming, record.missed]);
    expect(await records(alice, 2)).toEqual([record.outgoing, record.outgoing]);
  });

  it('of a blocked user is refused', async () => {
    const [alice, bob] = [await caller(), await caller()];
    const other = await chat.signIn(bob.address);
    profileOf(bob, alice).block();
    // Another device hears of it from the server.
    await eventually(() => profileOf(other, alice).isCallBlocked(), 'the block');
    alice.api.call(bob.address);
    await alice.heard.call(0x4b);
    expect(bob.heard.ringing).toEqual([]);
  });

  it('of nobody is refused', async () => {
    const alice = await caller();
    expect(alice.api.call('')).toBe(0x85);
    alice.api.call('nobody-at-all');
    await alice.heard.call(0x46);
  });

  it('is one at a time', async () => {
    const [alice, bob] = [await caller(), await caller()];
    await ring(alice, bob);
    expect(alice.api.call('somebody-else')).toBe(0x80);
    expect(alice.heard.errors.at(-1)).toMatchObject({ code: 'CONFLICT' });
    expect(alice.api.getActiveCall()?.isCallInProgress()).toBe(true);
  });

  it('ends where there is no microphone, with the reason', async () => {
    const [alice, bob] = [await caller(), await caller()];
    bob.platform.devicesThere.clear();
    await ring(alice, bob);
    bob.api.answer(true);
    await Promise.all([bob.heard.call(0x61), alice.heard.call(status.busy)]);
    expect(bob.heard.errors.at(-1)).toMatchObject({ code: 'NOT_FOUND' });
    bob.api.call(alice.address);
    await bob.heard.until(() => bob.heard.calls.filter((each) => each === 0x61).length === 2, 'the end');
  });

  it('ends at once where there is no WebRTC', async () => {
    const { api, heard } = await chat.signIn('in-node');
    expect(api.call('bob', true)).toBe(0x80);
    await heard.call(0x48);
    expect(heard.errors.at(-1)).toMatchObject({ code: 'UNAVAILABLE' });
    expect([api.hangup(0), api.answer(true), api.getMuteStatus(), api.getCallId()]).toEqual([0, 0x80, 0, 0]);
    expect([api.mute(true, false, false), api.hold(true), api.dtmf(1)]).toEqual([false, false, false]);
  });
});

describe('during a call', () => {
  it('each side mutes and holds, and the other one is told', async () => {
    const [alice, bob] = [await caller(), await caller()];
    await connect(alice, bob, true);
    const told = async (statuses: readonly number[]): Promise<void> => {
      const all = () => bob.heard.calls.slice(-statuses.length);
      await bob.heard.until(() => `${all()}` === `${statuses}`, `${statuses}; heard: ${bob.heard.calls}`);
    };
    alice.api.mute(true, false, false);
    expect(alice.api.getMuteStatus()).toBe(1);
    await told([9]);
    expect(bob.api.getActiveCall()?.getMuteStatus(true)).toBe(1);
    alice.api.mute(false, true, false);
    expect(alice.api.getMuteStatus()).toBe(3);
    await told([9, 9]);
    alice.api.mute(false, false, true);
    expect(alice.api.getMuteStatus()).toBe(0);
    await told([0xa, 0xa]);
    expect(alice.api.toggleVideoMute()).toBe(true);
    expect(alice.api.toggleAudioMute()).toBe(true);
    expect(alice.api.getMuteStatus()).toBe(3);
    alice.api.mute(true, false, true);
    expect(alice.api.getMuteStatus()).toBe(2);
    alice.api.hold(true);
    expect(alice.api.getMuteStatus()).toBe(6);
    await bob.heard.call(0xb);
    alice.api.hold(false);
    await bob.heard.call(0xc);
  });

  it('unmuting everything switches no camera on in a voice call, the toggle does', async () => {
    const [alice, bob] = [await caller(), await caller()];
    await connect(alice, bob);
    const cameras = () => alice.platform.tracks.filter(({ kind }) => kind === 'video').length;
    expect(alice.api.getMuteStatus()).toBe(2);
    alice.api.mute(true, false, false);
    alice.api.mute(false, false, true);
    expect([alice.api.getMuteStatus(), cameras()]).toEqual([2, 0]);
    expect(alice.api.toggleVideoMute()).toBe(false);
    await bob.heard.call(0xa);
    expect([alice.api.getMuteStatus(), cameras()]).toEqual([0, 1]);
  });

  it('keys are heard on the other side', async () => {
    const [alice, bob] = [await caller(), await caller()];
    await connect(alice, bob);
    expect([alice.api.dtmf(5), alice.api.dtmf('#'), alice.api.dtmf('x')]).toEqual([true, true, false]);
    await bob.heard.until(() => bob.heard.keys.join('') === '5#', 'the keys');
    expect(bob.heard.calls).toContain(7);
  });

  it('its streams are in the elements that were set up, until it is over', async () => {
    const [alice, bob] = [await caller(), await caller()];
    const [local, remote] = [element(), element()];
    expect(alice.api.setupVideoCall(local, remote, true)).toBe(true);
    expect(alice.api.setupVideoCall('no-such-element', remote)).toBe(false);
    alice.api.setVideoView(local, false);
    await ring(alice, bob, true);
    await eventually(() => local.srcObject !== null, 'the own video');
    expect(local.muted).toBe(true);
    expect(remote.muted).toBe(false);
    alice.api.hangup();
    expect(local.srcObject).toBe(null);
  });

  it('somebody else is told that the user is busy, unless a second call may wait', async () => {
    const [alice, bob, carol] = [await caller(), await caller(), await caller()];
    await connect(alice, bob);
    carol.api.call(bob.address);
    await carol.heard.call(status.busy);
    bob.api.enableCallWaiting(true);
    await ring(carol, bob);
    expect(bob.api.isCallWaiting()).toBe(true);
    expect(bob.api.getActiveCall()?.peer).toBe(alice.address);
    const second = bob.heard.ringing.at(-1)?.callid ?? 0;
    expect(bob.api.answer(second, true)).toBe(0);
    await Promise.all([alice.heard.call(0xb), carol.heard.call(status.answer)]);
    expect(bob.api.getActiveCall()?.peer).toBe(carol.address);
    expect(bob.api.isCallWaiting()).toBe(false);
    bob.api.hangup();
    await carol.heard.call(status.complete);
    expect(bob.api.getActiveCall()?.peer).toBe(alice.address);
    bob.api.hold(false);
    await alice.heard.call(0xc);
  });
});

it('read sessions read the records of calls that they are to read', async () => {
  const [alice, bob] = [await caller(), await caller()];
  for (let times = 0; times < 2; times++) {
    await ring(alice, bob);
    alice.api.hangup();
    await records(bob, times + 1);
  }
  await ring(bob, alice);
  alice.api.hangup();
  await records(bob, 3);
  profileOf(alice, bob).sendMessage(0, 'a message');
  await bob.heard.message('a message');
  const read = async (prepare: (session: ReturnType<Party['api']['readDbSession']>) => void) => {
    const session = bob.api.readDbSession(alice.address, 0, null);
    prepare(session);
    await session.read(100);
    return session.getMessages().map((message) => (message.isCall() ? message.status : message.message));
  };
  const { missed, outgoing } = record;
  expect(await read(() => {})).toEqual([missed, missed, outgoing, 'a message']);
  expect(await read((session) => session.enableCalls(false))).toEqual(['a message']);
  expect(await read((session) => session.enableMissedCalls(true))).toEqual([missed, missed, 'a message']);
  expect(await read((session) => session.enableMissedCalls(false))).toEqual([outgoing, 'a message']);
  expect(
    await read((session) => {
      session.enableMessages(false);
      session.enableOutgoingCalls(true);
    }),
  ).toEqual([outgoing]);
});

/** What the views of a call use of an element. */
function element(): HTMLMediaElement {
  const fake = { srcObject: null, muted: false, setAttribute: () => {}, play: async () => {} };
  return fake as object as HTMLMediaElement;
}
