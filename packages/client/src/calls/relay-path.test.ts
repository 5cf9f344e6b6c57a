import type { CallNotice } from '@stoa/protocol';
import { describe, expect, it } from 'vitest';
import type { Call } from './call.ts';
import { type Scene, said, scene, tell } from './testing/call-scene.ts';
import type { FakePeer } from './testing/fake-platform.ts';

describe('a call whose two sides do not reach each other', () => {
  interface Answered extends Scene {
    readonly call: Call;
    readonly tells: (notice: CallNotice) => void;
    /** The newest pair of connections to the media server. */
    readonly pair: () => [send: FakePeer, receive: FakePeer];
  }

  /** Bob has answered, and both descriptions are there. */
  async function answered(): Promise<Answered> {
    const all = await scene();
    const { client, connection, platform } = all;
    const call = client.calls.call('bob', { video: true });
    const { call: id } = await said(connection, 'invite');
    const tells = (notice: CallNotice): void => tell(connection, id, notice);
    tells({ type: 'answered', video: true, ticket: 'two', sdp: 'v=0\r\nanswer' });
    await said(connection, 'media');
    await connection.settled();
    const pair = (): [FakePeer, FakePeer] => platform.peers.slice(-2) as [FakePeer, FakePeer];
    return { ...all, call, tells, pair };
  }

  /** The media server has answered the first offers. */
  async function relayed(): Promise<Answered> {
    const all = await answered();
    all.test.clock.advance(8_000);
    await said(all.connection, 'relay');
    all.tells({ type: 'relay', session: 'room' });
    const { event } = await said(all.connection, 'relayOffer');
    expect(event).toMatchObject({ session: 'room', number: 1, send: 'v=0\r\noffer' });
    all.tells({ type: 'relayAnswer', number: 1, send: 'v=0\r\nsend', receive: 'v=0\r\nreceive' });
    await all.connection.settled();
    return all;
  }

  it('asks for the media server after eight seconds, and goes through it when both connections are up', async () => {
    const { call, platform, connection, tells, pair } = await relayed();
    const [direct] = platform.peers;
    const [send, receive] = pair();
    expect(direct?.closed).toBe(true);
    expect([send.remote, receive.remote]).toEqual([['v=0\r\nsend'], ['v=0\r\nreceive']]);
    expect(send.senders.map(({ track }) => track?.kind)).toEqual(['audio', 'video']);
    send.becomes('connected');
    expect(call.status.phase).toBe('connecting');
    receive.becomes('connected');
    expect(call.status.phase).toBe('connected');
    await said(connection, 'connected');
    await call.setVideo(false);
    expect(send.senders.map(({ track }) => track?.kind)).toEqual(['audio', undefined]);
    tells({ type: 'relayLayers', number: 1, layers: [{ rid: 'f', active: false }] });
    await connection.settled();
    expect(send.senders[1]?.encodings.map(({ active }) => active)).toEqual([true, true, false]);
    // What belongs to a connection between the two is over.
    tells({ type: 'description', epoch: 2, kind: 'offer', sdp: 'v=0\r\nagain' });
    await connection.settled();
    expect(platform.peers).toHaveLength(3);
    call.hangup();
    expect(platform.peers.every(({ closed }) => closed)).toBe(true);
  });

  it('asks again until it is answered, and says its offers again, too', async () => {
    const { test, connection, tells } = await answered();
    test.clock.advance(8_000);
    await said(connection, 'relay');
    for (let passed = 0; passed < 8_000; passed += 4_000) {
      // The server is there all the time.
      await connection.settled();
      test.clock.advance(4_000);
    }
    await said(connection, 'relay');
    tells({ type: 'relay', session: 'room' });
    const { event } = await said(connection, 'relayOffer');
    test.clock.advance(4_000);
    expect((await said(connection, 'relayOffer')).event).toEqual(event);
  });

  it('asks for nothing when the connection comes up in time', async () => {
    const { test, connection, platform, call } = await answered();
    test.clock.advance(7_000);
    platform.peers[0]?.becomes('connected');
    await connection.settled();
    test.clock.advance(5_000);
    await connection.settled();
    expect(call.status.phase).toBe('connected');
    expect(
      connection.frames.flatMap((frame) => (frame.t === 'call' ? [frame.event.type] : [])),
    ).not.toContain('relay');
  });

  it('asks when another way was negotiated in the middle of a call, and led nowhere either', async () => {
    const { test, connection, platform, call, tells } = await answered();
    const [direct] = platform.peers;
    direct?.becomes('connected');
    direct?.becomes('disconnected');
    test.clock.advance(2_000);
    await said(connection, 'description');
    test.clock.advance(6_000);
    // The other side may be offline: then the media server is of no use.
    tells({ type: 'description', epoch: 1, kind: 'answer', sdp: 'v=0\r\nagain' });
    await connection.settled();
    expect(call.status.phase).toBe('reconnecting');
    test.clock.advance(8_000);
    await said(connection, 'relay');
  });

  it('makes other connections when one is lost, when the room is lost, and when the other side asks', async () => {
    const { test, connection, tells, pair, call } = await relayed();
    const first = pair();
    for (const each of first) each.becomes('connected');
    first[1].becomes('disconnected');
    expect(call.status.phase).toBe('reconnecting');
    test.clock.advance(3_000);
    expect((await said(connection, 'relayOffer')).event).toMatchObject({ session: 'room', number: 2 });
    expect(first.map(({ closed }) => closed)).toEqual([true, true]);
    // An answer to those before changes nothing.
    tells({ type: 'relayAnswer', number: 1, send: 'v=0\r\nold', receive: 'v=0\r\nold' });
    tells({ type: 'relay', session: 'room' });
    await said(connection, 'relayOffer');
    tells({ type: 'relayAnswer', number: 2, send: 'v=0\r\nsend', receive: 'v=0\r\nreceive' });
    await connection.settled();
    for (const each of pair()) each.becomes('connected');
    expect(call.status.phase).toBe('connected');
    tells({ type: 'relay', session: 'another' });
    expect((await said(connection, 'relayOffer')).event).toMatchObject({ session: 'another', number: 1 });
    expect(call.status.phase).toBe('reconnecting');
  });

  it('ends with what was wrong when there is no media server, and not before', async () => {
    const { connection, platform, call, tells } = await answered();
    const [direct] = platform.peers;
    if (direct === undefined) throw new Error('no connection');
    direct.iceGatheringState = 'complete';
    direct.dispatchEvent(new Event('icegatheringstatechange'));
    await said(connection, 'relay');
    expect(call.status.phase).toBe('connecting');
    tells({ type: 'noRelay' });
    expect((await said(connection, 'hangup')).event.reason).toBe('networkError');
    expect(call.status).toMatchObject({ phase: 'ended', reason: 'networkError' });
  });
});
