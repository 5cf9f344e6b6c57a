import { describe, expect, it } from 'vitest';
import { answerServers, incoming, said, scene, tell, tellServers } from './testing/call-scene.ts';
import { FakePlatform } from './testing/fake-platform.ts';

const lowest = '0'.repeat(32);
const highest = 'z'.repeat(32);

describe('calls of a client', () => {
  it('send no larger pictures than the server lets them', async () => {
    const { client, connection, platform } = await scene({ hasServers: false });
    answerServers(connection, 480);
    const call = client.calls.call('bob', { video: true });
    await said(connection, 'invite');
    await call.shareScreen();
    const heights = platform.tracks.map(({ kind, constraints }) => [kind, constraints.height]);
    const limited = { ideal: 480, max: 480 };
    expect(heights).toEqual([
      ['audio', undefined],
      ['video', limited],
      ['video', limited],
    ]);
    call.hangup();
  });

  it('invite with an offer, and connect when the answer comes', async () => {
    const { client, connection, platform } = await scene();
    const call = client.calls.call('bob', { video: true });
    const { call: id, event } = await said(connection, 'invite');
    expect(event).toEqual({ type: 'invite', peer: 'bob', video: true, sdp: 'v=0\r\noffer' });
    tell(connection, id, { type: 'calling', ticket: 'one', ms: 60_000 });
    tell(connection, id, { type: 'answered', video: false, ticket: 'two', sdp: 'v=0\r\nanswer' });
    expect((await said(connection, 'media')).event).toMatchObject({ audio: true, video: true });
    await connection.settled();
    const [peer] = platform.peers;
    expect(peer?.remote).toEqual(['v=0\r\nanswer']);
    peer?.becomes('connected');
    await said(connection, 'connected');
    expect(call.status).toEqual({ phase: 'connected' });
    call.hangup();
    await said(connection, 'hangup');
    expect(peer?.closed).toBe(true);
    expect(platform.tracks.every(({ stopped }) => stopped)).toBe(true);
  });

  it('end with "mediaError" when there is no microphone, before anybody rings', async () => {
    const { client, connection, platform } = await scene();
    platform.devicesThere.clear();
    const call = client.calls.call('bob');
    const ended = new Promise((resolve) => call.on('status', resolve));
    expect(await ended).toEqual({ phase: 'ended', reason: 'mediaError', seconds: 0 });
    await connection.settled();
    expect(connection.frames.filter(({ t }) => t === 'call')).toEqual([]);
  });

  it('know which kinds of devices there are before they may be used', async () => {
    const { client, platform } = await scene();
    expect(await client.calls.devices()).toEqual([]);
    expect(await client.calls.kinds()).toEqual(new Set(['microphone', 'camera']));
    platform.devicesThere.delete('audio');
    expect(await client.calls.kinds()).toEqual(new Set(['camera']));
  });

  it('go on with sound when there is no camera', async () => {
    const { client, connection, platform } = await scene();
    platform.devicesThere.delete('video');
    const call = client.calls.call('bob', { video: true });
    const problem = new Promise((resolve) => call.on('problem', resolve));
    await said(connection, 'invite');
    expect(await problem).toMatchObject({ code: 'NOT_FOUND' });
    expect(call.media).toMatchObject({ audio: true, video: false });
  });

  it('tell what they send also when the media is faster than the word of the server', async () => {
    const { connection, platform, calls } = await scene();
    tell(connection, lowest, incoming('bob'));
    await said(connection, 'ringing');
    await calls[0]?.answer();
    await said(connection, 'answer');
    platform.peers[0]?.becomes('connected');
    await said(connection, 'connected');
    calls[0]?.setAudio(false);
    tell(connection, lowest, { type: 'accepted', ticket: 'one' });
    expect((await said(connection, 'media')).event).toMatchObject({ audio: false, video: false });
  });

  it('ring, and tell a second caller that the user is busy, or that he waits', async () => {
    const { client, connection, calls } = await scene();
    tell(connection, lowest, incoming('bob'));
    expect((await said(connection, 'ringing')).call).toBe(lowest);
    tell(connection, highest, incoming('carol'));
    expect((await said(connection, 'busy')).call).toBe(highest);
    client.calls.waiting = true;
    tell(connection, 'y'.repeat(32), incoming('carol'));
    expect((await said(connection, 'ringing')).event.waiting).toBe(true);
    expect(calls.map(({ peer }) => peer)).toEqual(['bob', 'carol']);
  });

  it('that cross each other are merged into the one with the lower id: the own one', async () => {
    const { client, connection, calls } = await scene();
    const call = client.calls.call('bob');
    const { call: id } = await said(connection, 'invite');
    tell(connection, highest, incoming('bob'));
    expect((await said(connection, 'merge')).event.into).toBe(id);
    expect(calls).toEqual([call]);
    expect(call.status.phase).toBe('calling');
  });

  it('that cross each other are merged into the one with the lower id: the other one’s', async () => {
    const { client, connection, platform, calls } = await scene();
    const call = client.calls.call('bob', { video: true });
    const { call: own } = await said(connection, 'invite');
    tell(connection, lowest, incoming('bob'));
    const { call: answered, event } = await said(connection, 'answer');
    expect(answered).toBe(lowest);
    expect(event).toMatchObject({ video: true, sdp: 'v=0\r\nanswer' });
    tell(connection, own, { type: 'ended', reason: 'merged', seconds: 0 });
    tell(connection, lowest, { type: 'accepted', ticket: 'two' });
    await connection.settled();
    expect(calls).toEqual([call]);
    expect(call).toMatchObject({ id: lowest, status: { phase: 'connecting' } });
    expect(platform.peers.map(({ closed }) => closed)).toEqual([true, false]);
    // The microphone and camera of the first attempt are used on.
    expect(platform.tracks.map(({ stopped }) => stopped)).toEqual([false, false]);
  });

  it.each(['the microphone is being opened', 'the own offer is being made'])(
    'that cross each other while %s are merged into the other one’s',
    async (moment) => {
      const { client, connection, platform, calls } = await scene({ hasServers: false });
      const open = platform.holdMicrophone();
      const call = client.calls.call('bob');
      const asked = connection.next('request');
      if (moment === 'the own offer is being made') {
        open();
        await asked;
      }
      tell(connection, highest, incoming('bob'));
      await connection.settled();
      open();
      tellServers(connection, (await asked).id);
      expect((await said(connection, 'answer')).call).toBe(highest);
      await connection.settled();
      expect(calls).toEqual([call]);
      expect(platform.peers.filter(({ closed }) => !closed)).toHaveLength(1);
      expect(connection.frames.filter(({ t }) => t === 'call')).toMatchObject([
        { event: { type: 'ringing' } },
      ]);
    },
  );

  it('that cross each other are one also when the end of the own one comes before the other side’s', async () => {
    const { client, connection, calls } = await scene();
    const call = client.calls.call('bob');
    const { call: own } = await said(connection, 'invite');
    tell(connection, own, { type: 'ended', reason: 'merged', seconds: 0 });
    tell(connection, lowest, incoming('bob'));
    expect((await said(connection, 'answer')).call).toBe(lowest);
    expect(calls).toEqual([call]);
    tell(connection, lowest, { type: 'accepted', ticket: 'two' });
    await said(connection, 'media');
    expect(call).toMatchObject({ id: lowest, status: { phase: 'connecting' } });
  });

  it('merged into one that never comes have come to their end', async () => {
    const { client, test, connection } = await scene();
    const call = client.calls.call('bob');
    const { call: own } = await said(connection, 'invite');
    tell(connection, own, { type: 'ended', reason: 'merged', seconds: 0 });
    await connection.settled();
    expect(call.status.phase).toBe('calling');
    test.clock.advance(5_000);
    expect(call.status).toMatchObject({ phase: 'ended', reason: 'merged' });
    expect(client.calls.all).toEqual([]);
  });

  it('that cross each other are one also when the answer comes before the call of the other side', async () => {
    const { client, test, connection, calls } = await scene();
    const call = client.calls.call('bob');
    const { call: id } = await said(connection, 'invite');
    tell(connection, id, { type: 'answered', video: false, ticket: 'two', sdp: 'v=0\r\nanswer' });
    await said(connection, 'media');
    tell(connection, lowest, incoming('bob'));
    expect((await said(connection, 'merge')).event.into).toBe(id);
    expect(calls).toEqual([call]);
    // Somewhat later it is another call, of another device of his.
    for (let second = 0; second < 10; second += 5) {
      test.clock.advance(5_000);
      await connection.settled();
    }
    tell(connection, highest, incoming('bob'));
    expect((await said(connection, 'busy')).call).toBe(highest);
  });

  it('of which nothing is known any more are ended, when the other side believes in them', async () => {
    const { connection } = await scene();
    tell(connection, lowest, { type: 'candidates', epoch: 1, candidates: [{ candidate: '' }] });
    tell(connection, lowest, { type: 'peerResumed' });
    expect((await said(connection, 'hangup')).call).toBe(lowest);
    expect(connection.frames.filter(({ t }) => t === 'call')).toEqual([]);
  });

  it('of somebody whose call before has come to grief take its place', async () => {
    const { connection, calls } = await scene();
    tell(connection, lowest, incoming('bob'));
    await said(connection, 'ringing');
    tell(connection, highest, incoming('bob'));
    expect((await said(connection, 'decline')).call).toBe(lowest);
    expect((await said(connection, 'ringing')).call).toBe(highest);
    expect(calls.map(({ status }) => status.phase)).toEqual(['ended', 'incoming']);
  });

  it('are taken up after the page was loaded anew, with a new connection for the media', async () => {
    const platform = new FakePlatform();
    platform.kept = JSON.stringify({
      id: lowest,
      dev: 7,
      peer: 'bob',
      name: 'Bob',
      outgoing: true,
      video: true,
      ticket: 'two',
      epoch: 3,
      callee: false,
      muted: true,
      camera: false,
      since: 1_000,
      left: true,
    });
    const { connection, client } = await scene({ platform });
    expect((await said(connection, 'resume')).event.ticket).toBe('two');
    const [call] = client.calls.all;
    expect(call).toMatchObject({ peer: 'bob', outgoing: true, status: { phase: 'interrupted' } });
    expect(call?.connectedAt).toBe(1_000);
    await call?.resume();
    // What was off stays off.
    expect(call?.media).toMatchObject({ audio: false, video: false });
    expect(platform.tracks.map(({ kind, enabled }) => [kind, enabled])).toEqual([['audio', false]]);
    await call?.setVideo(true);
    expect(JSON.parse(platform.kept ?? '')).toMatchObject({ muted: true, camera: true, since: 1_000 });
    expect((await said(connection, 'description')).event).toMatchObject({ epoch: 4, kind: 'offer' });
    platform.peers[0]?.becomes('connected');
    expect(call?.status.phase).toBe('connected');
    for (const leave of platform.leaving) leave();
    await said(connection, 'leaving');
    expect(JSON.parse(platform.kept ?? '')).toMatchObject({ epoch: 4, left: true });
    call?.hangup();
    expect(platform.kept).toBe(null);
  });

  it('are not taken up in a copy of the tab, where they were never interrupted', async () => {
    const { client, connection, platform } = await scene();
    client.calls.call('bob');
    const { call: id } = await said(connection, 'invite');
    tell(connection, id, { type: 'answered', video: false, ticket: 'two', sdp: 'v=0\r\nanswer' });
    await said(connection, 'media');
    const copy = new FakePlatform();
    copy.kept = platform.kept;
    expect(copy.kept).toContain(id);
    expect((await scene({ platform: copy })).calls).toEqual([]);
    for (const leave of platform.leaving) leave();
    const again = new FakePlatform();
    again.kept = platform.kept;
    expect((await scene({ platform: again })).client.calls.all).toMatchObject([{ peer: 'bob' }]);
  });

  it('begin a new connection when the other side has lost its own', async () => {
    const { connection, platform, calls } = await scene();
    tell(connection, lowest, incoming('bob'));
    await said(connection, 'ringing');
    await calls[0]?.answer();
    await said(connection, 'answer');
    tell(connection, lowest, { type: 'accepted', ticket: 'two' });
    tell(connection, lowest, { type: 'description', epoch: 2, kind: 'offer', sdp: 'v=0\r\nafresh' });
    expect((await said(connection, 'description')).event).toMatchObject({ epoch: 2, kind: 'answer' });
    expect(platform.peers.map(({ closed }) => closed)).toEqual([true, false]);
    expect(platform.peers[1]?.remote).toEqual(['v=0\r\nafresh']);
  });

  it('find another way when the media is interrupted', async () => {
    const { test, connection, platform, client } = await scene();
    const call = client.calls.call('bob');
    const { call: id } = await said(connection, 'invite');
    tell(connection, id, { type: 'answered', video: false, ticket: 'two', sdp: 'v=0\r\nanswer' });
    await said(connection, 'media');
    await connection.settled();
    const [peer] = platform.peers;
    peer?.becomes('connected');
    peer?.becomes('disconnected');
    expect(call.status.phase).toBe('reconnecting');
    test.clock.advance(2_000);
    expect((await said(connection, 'description')).event).toMatchObject({ epoch: 1, kind: 'offer' });
    peer?.becomes('connected');
    expect(call.status.phase).toBe('connected');
  });
});
