import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readRtcp } from '../rtcp/read.ts';
import {
  TestPlayer,
  TestPublisher,
  TestViewer,
  untilUp,
  withOtherCertificate,
} from '../testing/test-client.ts';
import { until } from '../testing/until.ts';
import type { MediaEvent } from './events.ts';
import { LocalEngine } from './local-engine.ts';
import type { MediaEngine, OfferedStream, PublishedStream, StreamKind, Wish } from './media-engine.ts';
import type { PublishedAnswer } from './publisher.ts';
import { WorkerEngine } from './workers/worker-engine.ts';

const connections = { bindAddress: '127.0.0.1' };
const camera: OfferedStream = { mid: '0', kind: 'camera', name: 'cam' };
const microphone: OfferedStream = { mid: '1', kind: 'microphone', name: 'mic' };
const everything: StreamKind[] = ['camera', 'microphone', 'screen', 'screenSound'];

describe.each([
  ['in this process', () => new LocalEngine(connections)],
  ['in worker processes', () => new WorkerEngine({ ...connections, workers: 1 })],
])('the engine %s', (_, start: () => MediaEngine) => {
  let engine: MediaEngine;
  let events: MediaEvent[];
  let clients: { close(): void }[];

  beforeAll(() => {
    engine = start();
    engine.onEvent((event) => events.push(event));
  });

  afterAll(() => engine.close());

  beforeEach(async () => {
    events = [];
    clients = [];
    await engine.createRoom('room');
  });

  afterEach(async () => {
    for (const client of clients) client.close();
    await engine.closeRoom('room');
  });

  async function publish(participant: string, streams: readonly OfferedStream[]) {
    let published: readonly PublishedStream[] = [];
    const client = await untilUp(async () => {
      const opened = await TestPublisher.open(streams);
      clients.push(opened);
      const answer = await engine.publish('room', participant, opened.offer);
      opened.accept(answer.sdp);
      published = answer.streams;
      return opened;
    });
    client.start();
    return { client, streams: published };
  }

  async function view(participant: string, wishes: readonly Wish[]) {
    await engine.watch('room', participant, wishes);
    return untilUp(async () => {
      const offer = await engine.view('room', participant);
      const client = await TestViewer.open(offer);
      clients.push(client);
      await engine.answer('room', participant, client.answer(offer));
      return client;
    });
  }

  function play(
    participant: string,
    { codec = 'VP8', offer = (sdp: string) => sdp }: { codec?: string; offer?: (sdp: string) => string } = {},
  ) {
    return untilUp(async () => {
      const player = await TestPlayer.open(codec);
      clients.push(player);
      player.accept(await engine.play('room', participant, offer(player.offer)));
      return player;
    });
  }

  function slotOf(participant: string, stream: string): string {
    const told = events.findLast((each) => each.type === 'slots' && each.participant === participant);
    if (told?.type !== 'slots') return 'nowhere';
    return told.slots.find((slot) => slot.stream === stream)?.mid ?? 'nowhere';
  }

  async function refused(stream: string): Promise<number> {
    const { participants } = await engine.statistics('room');
    const all = participants.flatMap(({ publishing }) => publishing?.streams ?? []);
    return all.find((each) => each.stream === stream)?.refused ?? 0;
  }

  it('shows a player, in the m-lines of its offer and by its numbers, now this and now that', async () => {
    for (const participant of ['alice', 'carol']) await engine.permit('room', participant, everything);
    await publish('alice', [camera, microphone]);
    await engine.watch('room', 'bob', [{ stream: 'alice/cam' }, { stream: 'alice/mic' }]);
    const player = await play('bob');
    await until(() => player.plays('cam') && player.plays('mic'));
    expect([slotOf('bob', 'alice/mic'), slotOf('bob', 'alice/cam')]).toEqual(['sound', 'picture']);

    // There will be no more m-lines, whatever is wanted.
    await publish('carol', [{ ...camera, name: 'other' }]);
    const wishes = [{ stream: 'carol/other' }, { stream: 'alice/cam' }];
    expect((await engine.watch('room', 'bob', wishes)).offer).toBeNull();
    expect((await engine.watch('room', 'bob', wishes.slice(0, 1))).offer).toBeNull();
    await until(() => player.plays('other'));
    await engine.leave('room', 'carol');
    await engine.permit('room', 'carol', everything);
    player.forget();
    await publish('carol', [{ ...camera, name: 'other' }]);
    await until(() => player.plays('other'));
  });

  it('shows a player nothing that it cannot decode', async () => {
    await engine.permit('room', 'alice', everything);
    await publish('alice', [camera, microphone]);
    await engine.watch('room', 'bob', [{ stream: 'alice/cam' }, { stream: 'alice/mic' }]);
    await expect(engine.play('room', 'bob', 'v=0')).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    const player = await play('bob', {
      codec: 'H264',
      offer: (sdp) => sdp.replace(/^(a=fmtp:121.*)$/m, '$1\r\na=fmtp:120 packetization-mode=1'),
    });
    await until(() => player.plays('mic'));
    expect(player.plays('cam')).toBe(false);
  });

  it('forwards what a viewer wants into the slots that it tells of', async () => {
    await engine.permit('room', 'alice', everything);
    const { streams } = await publish('alice', [camera, microphone]);
    expect(streams).toEqual([
      { id: 'alice/cam', participant: 'alice', name: 'cam', kind: 'camera', mid: '0', forwarded: true },
      { id: 'alice/mic', participant: 'alice', name: 'mic', kind: 'microphone', mid: '1', forwarded: true },
    ]);
    expect(await engine.streams('room')).toEqual(streams);
    const viewer = await view('bob', [{ stream: 'alice/cam', height: 360 }, { stream: 'alice/mic' }]);
    await until(() => viewer.sees(slotOf('bob', 'alice/cam'), 'cam'));
    await until(() => viewer.sees(slotOf('bob', 'alice/mic'), 'mic'));
    const { participants } = await engine.statistics('room');
    const slots = participants.find(({ participant }) => participant === 'bob')?.viewing?.slots ?? [];
    expect(slots.filter(({ packets }) => packets > 0).map(({ stream }) => stream)).toEqual(
      expect.arrayContaining(['alice/cam', 'alice/mic']),
    );
    expect(events).toContainEqual({
      type: 'connection',
      room: 'room',
      participant: 'bob',
      direction: 'view',
      state: 'connected',
    });
  });

  it('counts what it does, over all rooms', async () => {
    const sum = async () => {
      const all = await engine.totals();
      expect(all.map(({ worker }) => worker)).toEqual([0]);
      return all[0];
    };
    const before = await sum();
    await engine.permit('room', 'alice', everything);
    const { client } = await publish('alice', [camera, microphone]);
    client.loseEvery(10);
    const viewer = await view('bob', [{ stream: 'alice/cam' }]);
    await until(() => viewer.sees('v0', 'cam'));
    await until(async () => {
      const now = await sum();
      const grown = (['packetsIn', 'bytesIn', 'packetsOut', 'bytesOut', 'lostIn'] as const).every(
        (key) => (now?.[key] ?? 0) > (before?.[key] ?? 0),
      );
      return grown && now?.streams === 2 && now.transports === (before?.transports ?? 0) + 2;
    });
    await engine.unview('room', 'bob');
    await engine.leave('room', 'alice');
    await until(async () => {
      const now = await sum();
      return now?.streams === 0 && now.transports === before?.transports;
    });
  });

  it('tells of a connection that has failed, and of none that it ends itself', async () => {
    const ended = () =>
      events.flatMap((each) => (each.type === 'connection' && each.state === 'closed' ? each.direction : []));
    const publisher = await TestPublisher.open([camera]);
    clients.push(publisher);
    const { sdp, streams } = publisher.offer;
    const answer = await engine.publish('room', 'bob', { sdp: withOtherCertificate(sdp), streams });
    publisher.accept(answer.sdp);
    await until(() => ended().includes('publish'));
    const offer = await engine.view('room', 'bob');
    const client = await TestViewer.open(offer);
    clients.push(client);
    const { version, sdp: answered } = client.answer(offer);
    await engine.answer('room', 'bob', { version, sdp: withOtherCertificate(answered) });
    await until(() => ended().includes('view'));

    await view('bob', []);
    await publish('bob', [camera]);
    events.length = 0;
    await engine.unview('room', 'bob');
    await engine.leave('room', 'bob');
    // What it tells of comes before its next answer.
    await engine.statistics('room');
    expect(ended()).toEqual([]);
  });

  it('tells nobody where others are, or where their media goes', async () => {
    await engine.permit('room', 'alice', everything);
    const hers = 'a=candidate:9 1 udp 2113937151 203.0.113.77 4444 typ host';
    let answer: PublishedAnswer = { sdp: '', streams: [] };
    const client = await untilUp(async () => {
      const opened = await TestPublisher.open([camera]);
      clients.push(opened);
      const { sdp, streams } = opened.offer;
      const offered = sdp.replace(/^a=mid:.*$/gm, (line) => `${line}\r\n${hers}`);
      answer = await engine.publish('room', 'alice', { sdp: offered, streams });
      opened.accept(answer.sdp);
      return opened;
    });
    client.start();
    const [, port] = /^a=candidate:\S+ 1 udp \d+ \S+ (\d+) /im.exec(answer.sdp) ?? [];
    const viewer = await view('bob', [{ stream: 'alice/cam' }]);
    await until(() => viewer.sees(slotOf('bob', 'alice/cam'), 'cam'));
    await engine.createRoom('another');
    try {
      const offers = [await engine.view('room', 'carol'), await engine.view('another', 'dave')];
      const told = JSON.stringify([offers, events, answer.streams, await engine.statistics('room')]);
      expect(port).toMatch(/^\d+$/);
      expect(told).not.toContain('203.0.113.77');
      expect(told).not.toContain(` ${port} typ`);
      expect(JSON.stringify(answer)).not.toContain('203.0.113.77');
    } finally {
      await engine.closeRoom('another');
    }
  });

  it('drops where they arrive the packets of what is not permitted, or muted', async () => {
    await publish('alice', [camera, microphone]);
    const viewer = await view('bob', [{ stream: 'alice/cam' }, { stream: 'alice/mic' }]);
    await until(async () => (await refused('alice/cam')) > 5 && (await refused('alice/mic')) > 5);
    expect(viewer.received).toEqual([]);
    await engine.permit('room', 'alice', ['microphone']);
    await until(() => viewer.sees(slotOf('bob', 'alice/mic'), 'mic'));
    expect(viewer.in(slotOf('bob', 'alice/cam'))).toEqual([]);
    await engine.mute('room', 'alice/mic', true);
    const before = await refused('alice/mic');
    await until(async () => (await refused('alice/mic')) > before + 5);
    expect((await engine.streams('room')).map(({ forwarded }) => forwarded)).toEqual([false, false]);
  });

  it('forwards at once what is permitted again, however much was dropped meanwhile', async () => {
    await engine.permit('room', 'alice', everything);
    const { client } = await publish('alice', [camera, microphone]);
    const viewer = await view('bob', [{ stream: 'alice/cam' }, { stream: 'alice/mic' }]);
    const seen = (name: string) => viewer.in(slotOf('bob', `alice/${name}`)).length;
    await until(() => seen('cam') > 0 && seen('mic') > 0);
    for (const name of ['cam', 'mic']) await engine.mute('room', `alice/${name}`, true);
    for (let round = 0; round < 4; round += 1) {
      const before = await refused('alice/mic');
      await until(async () => (await refused('alice/mic')) > before + 3);
      // So far that a number of 16 bits looks like an old one in the end.
      client.skip(10_000);
    }
    const [pictures, sounds] = [seen('cam'), seen('mic')];
    for (const name of ['cam', 'mic']) await engine.mute('room', `alice/${name}`, false);
    await until(() => seen('cam') > pictures + 10 && seen('mic') > sounds + 10);
    // The viewer sees no gap, for which it would ask.
    const sequences = viewer.in(slotOf('bob', 'alice/mic')).map(({ sequence }) => sequence);
    const [first = 0, last = 0] = [sequences[0], sequences.at(-1)];
    expect((last - first + 1) & 0xffff).toBe(new Set(sequences).size);
  });

  it('gives more slots by another offer, when a viewer wants more', async () => {
    const streams = Array.from(
      { length: 6 },
      (_, index): OfferedStream => ({ mid: `${index}`, kind: 'camera', name: `cam${index}` }),
    );
    await engine.permit('room', 'alice', everything);
    await publish('alice', streams);
    const viewer = await view('bob', [{ stream: 'alice/cam0' }]);
    const { offer } = await engine.watch(
      'room',
      'bob',
      streams.map(({ name }) => ({ stream: `alice/${name}` })),
    );
    if (offer === null) throw new Error('There should be an offer.');
    await expect(engine.answer('room', 'bob', { ...offer, version: 1 })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    await engine.answer('room', 'bob', viewer.answer(offer));
    await until(() => viewer.sees(slotOf('bob', 'alice/cam5'), 'cam5'));
    expect(await engine.watch('room', 'bob', [{ stream: 'alice/cam5' }])).toEqual({ offer: null });
    expect(slotOf('bob', 'alice/cam0')).toBe('nowhere');
  });

  it('replaces the transports of both sides, with the same streams in the same slots', async () => {
    await engine.permit('room', 'alice', everything);
    const first = await publish('alice', [camera]);
    const viewer = await view('bob', [{ stream: 'alice/cam' }]);
    const slot = await until(
      () => viewer.sees(slotOf('bob', 'alice/cam'), 'cam') && slotOf('bob', 'alice/cam'),
    );
    const slotsTold = () => events.filter(({ type }) => type === 'slots').length;
    const told = slotsTold();

    first.client.close();
    const renamed = { ...camera, mid: '7' };
    await publish('alice', [renamed]);
    const seen = viewer.received.length;
    await until(() => viewer.in(slot).length > seen + 10);
    const sequences = viewer.in(slot).map(({ sequence }) => sequence);
    expect(new Set(sequences).size).toBe(sequences.length);

    viewer.close();
    const again = await view('bob', [{ stream: 'alice/cam' }]);
    await until(() => again.sees(slot, 'cam'));
    expect(slotsTold()).toBe(told);
    expect(events.filter(({ type }) => type === 'streamStarted')).toHaveLength(1);
    expect(events.filter(({ type }) => type === 'streamEnded')).toEqual([]);
  });

  it('gives the slots of voices to the loudest, and tells who talks', async () => {
    const microphones = Array.from(
      { length: 9 },
      (_, index): OfferedStream => ({ mid: `${index}`, kind: 'microphone', name: `mic${index}` }),
    );
    const ids = microphones.map(({ name }) => `alice/${name}`);
    await engine.permit('room', 'alice', everything);
    const { client } = await publish('alice', microphones);
    for (const { name } of microphones) client.setLevel(name, 100);
    await view(
      'bob',
      ids.map((stream) => ({ stream })),
    );
    const heard = () => ids.filter((id) => slotOf('bob', id) !== 'nowhere');
    await until(() => heard().length === 6);
    const last = ids.findLast((id) => !heard().includes(id)) ?? '';
    client.setLevel(last.slice('alice/'.length), 10);
    await until(() => heard().includes(last));
    expect(heard()).toHaveLength(6);
    const told = await until(() =>
      events.find((event) => event.type === 'speakers' && event.active === last),
    );
    expect(told).toMatchObject({ speakers: [{ stream: last, participant: 'alice' }] });
  });

  it('offers more slots when streams come that a viewer waits for', async () => {
    const cameras = Array.from(
      { length: 5 },
      (_, index): OfferedStream => ({ mid: `${index}`, kind: 'camera', name: `cam${index}` }),
    );
    await view(
      'bob',
      cameras.map(({ name }) => ({ stream: `alice/${name}` })),
    );
    await publish('alice', cameras);
    const told = await until(() => events.find((event) => event.type === 'offer'));
    expect(events.filter(({ type }) => type === 'offer')).toHaveLength(1);
    // Until it is answered, it is the answer to further wishes, too.
    const again = await engine.watch('room', 'bob', [{ stream: 'alice/cam0' }]);
    if (told.type === 'offer') expect(again).toEqual({ offer: told.offer });
  });

  it('keeps to the bitrates that participants may have', async () => {
    await engine.permit('room', 'alice', everything);
    const { client } = await publish('alice', [camera]);
    await view('bob', [{ stream: 'alice/cam' }]);
    await engine.limit('room', 'alice', { publish: 123_000 });
    const told = () =>
      client.rtcp.flatMap((packet) => readRtcp(packet)).find(({ type }) => type === 'receiverEstimate');
    const estimate = await until(told);
    expect(estimate).toMatchObject({ ssrcs: [100] });
    if (estimate.type === 'receiverEstimate') expect(estimate.bitrate / 123_000).toBeCloseTo(1, 3);
    await expect(engine.limit('room', 'bob', { view: -1 })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  it('tells a viewer which pictures are paused because his path does not take them', async () => {
    await engine.permit('room', 'alice', everything);
    const second: OfferedStream = { mid: '2', kind: 'screen', name: 'screen' };
    await publish('alice', [camera, second]);
    const viewer = await view('bob', [{ stream: 'alice/cam' }, { stream: 'alice/screen' }]);
    const paused = () => {
      const told = events.findLast((each) => each.type === 'slots' && each.participant === 'bob');
      if (told?.type !== 'slots') return ['nothing was told'];
      return told.slots.flatMap((slot) => (slot.paused === 'bandwidth' ? [slot.stream] : []));
    };
    await until(() => viewer.sees(slotOf('bob', 'alice/cam'), 'cam'));
    await until(() => paused().length === 0);
    // Too little for both, however seldom a busy publisher sends, and screens come first.
    await engine.limit('room', 'bob', { view: 12_000 });
    await until(() => paused().includes('alice/cam'));
    expect(paused()).toEqual(['alice/cam']);
    await engine.limit('room', 'bob', {});
    await until(() => paused().length === 0);
  });

  it('forwards no pictures that are larger than their publisher may send', async () => {
    await engine.permit('room', 'alice', everything);
    await engine.limit('room', 'alice', { height: 240 });
    // Of 640 × 360 pixels.
    await publish('alice', [camera, microphone]);
    const viewer = await view('bob', [{ stream: 'alice/cam', height: 100 }, { stream: 'alice/mic' }]);
    await until(() => viewer.sees(slotOf('bob', 'alice/mic'), 'mic'));
    const slot = slotOf('bob', 'alice/cam');
    await engine.limit('room', 'alice', {});
    await until(() => viewer.sees(slot, 'cam'));
    await engine.limit('room', 'alice', { height: 240 });
    const shown = async () => {
      const { participants } = await engine.statistics('room');
      return participants.flatMap(({ viewing }) => viewing?.slots ?? []).find(({ mid }) => mid === slot)?.rid;
    };
    await until(async () => (await shown()) === null);
    const hearsMore = async (): Promise<void> => {
      const heard = viewer.in(slotOf('bob', 'alice/mic')).length;
      await until(() => viewer.in(slotOf('bob', 'alice/mic')).length > heard + 10);
    };
    // What was on its way has come by then.
    await hearsMore();
    const before = viewer.in(slot).length;
    await hearsMore();
    expect(viewer.in(slot).length).toBe(before);
    await expect(engine.limit('room', 'alice', { height: 0 })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  it('ends the streams of who leaves, and single ones', async () => {
    await publish('alice', [camera, microphone]);
    await engine.closeStream('room', 'alice/cam');
    expect((await engine.streams('room')).map(({ id }) => id)).toEqual(['alice/mic']);
    await engine.leave('room', 'alice');
    await until(() => events.filter(({ type }) => type === 'streamEnded').length === 2);
    expect(await engine.streams('room')).toEqual([]);
    await engine.leave('room', 'nobody');
  });

  it('refuses what is wrong, and stays as it was', async () => {
    const { sdp } = await offerOf([camera]);
    for (const wrong of [
      () => engine.publish('room', 'alice', { sdp: 'v=0\r\n', streams: [] }),
      () => engine.publish('room', 'alice', { sdp, streams: [microphone] }),
      () => engine.watch('room', 'alice', [{ stream: 'x', height: Number.NaN }]),
    ]) {
      await expect(wrong()).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    }
    await expect(engine.createRoom('room')).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(engine.mute('room', 'alice/cam', true)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await engine.createRoom('other');
    await engine.closeRoom('other');
    await expect(engine.statistics('other')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  async function offerOf(streams: readonly OfferedStream[]) {
    const client = await TestPublisher.open(streams);
    clients.push(client);
    return client.offer;
  }
});
