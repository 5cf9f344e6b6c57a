import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Room } from '../room/room.ts';
import type { LayerWish } from '../room/room-types.ts';
import { receive, TestLayer } from '../testing/publisher.ts';
import { until } from '../testing/until.ts';
import type { PipedStream } from './messages.ts';
import { RoomPart } from './room-part.ts';
import { RoomPipes } from './room-pipes.ts';

const stream = 's1/0';
const told: PipedStream = { id: 'alice/cam', kind: 'camera', inRoom: stream };
const asRemote = ({ inRoom: id }: PipedStream) => ({ id, kind: 'video' }) as const;

let folder: string;
let home: Room;
let pipes: RoomPipes;
let there: Room;
let part: RoomPart;
let wishes: readonly LayerWish[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stoa-pipe-'));
  const path = join(folder, 'pipe.sock');
  wishes = [];
  home = new Room();
  there = new Room({
    bindAddress: '127.0.0.1',
    onLayers: (of, layers) => {
      wishes = layers;
      part.tellLayers(of, layers);
    },
  });
  part = await RoomPart.listen(path, there, {
    onStreams: (streams) => there.setRemote(streams.map(asRemote)),
    onLevels: () => {},
  });
  pipes = new RoomPipes(home);
  home.setRemote([asRemote(told)]);
  await pipes.open(path, [told]);
});

afterEach(() => {
  pipes.close();
  part.close();
  there.closeAll();
  rmSync(folder, { recursive: true });
});

/** Lets time pass at both ends, until this is so. */
async function pass(from: number, done: (now: number) => boolean): Promise<void> {
  let now = from;
  await until(() => {
    now += 20;
    home.tick(now);
    pipes.tick(now);
    there.tick(now);
    part.tick(now);
    return done(now);
  });
}

/** @returns what ends it */
async function viewThere(): Promise<() => void> {
  const { transport, slots } = await there.view({ audio: 0, video: 1 });
  await until(() => {
    try {
      there.assign(transport, slots[0] ?? '', { stream, height: 1080 });
      return true;
    } catch {
      return false;
    }
  });
  return () => there.close(transport);
}

test('what is viewed there is as it came here, and what is not is not sent', async () => {
  const layer = new TestLayer(stream, 'h', { sequence: 65_530, timestamp: 7, pictureId: 3 });
  home.addSource(stream, layer.source);
  const report = { type: 'senderReport', ssrc: 1, packets: 0, bytes: 0, reports: [] } as const;
  const begin = Date.now();
  layer.source.addSenderReport({ ...report, ntpMs: 5000, timestamp: 90_000 }, begin);
  const send = (keyFrame: boolean) => {
    for (const { bytes } of layer.frame(3, keyFrame)) {
      const packet = receive(layer.source, bytes, Date.now());
      if (packet !== undefined) home.forward(layer.source, packet, Date.now());
    }
  };
  send(true);
  await viewThere();
  // The slot waits for a key frame, which is asked for here.
  await pass(begin, (now) => there.layersOf(stream).length > 0 && layer.source.keyFrames.due(now + 1000));
  expect(there.layersOf(stream)[0]?.source.reception.packets).toBe(0);
  for (let frame = 0; frame < 10; frame += 1) send(frame === 0);
  const copy = there.layersOf(stream)[0]?.source;
  await pass(begin, () => copy?.reception.packets === 30);
  expect(copy).toMatchObject({ rid: 'h', codec: 'VP8', stream, width: 640, height: 360 });
  const newest = layer.source.cache.get(layer.source.reception.highest ?? 0);
  const same = copy?.cache.get(copy.reception.highest ?? 0);
  expect(same).toMatchObject({ timestamp: newest?.timestamp, marker: true, payload: newest?.payload });
  const payloadOf = (packet = newest) =>
    packet?.buffer.subarray(packet.payloadStart, packet.payloadEnd).toString('hex');
  expect(payloadOf(same)).toBe(payloadOf(newest));
  await pass(begin, () => copy?.reception.senderReport !== undefined);
  expect(
    Math.abs((copy?.recordedAt(90_000, begin) ?? 0) - layer.source.recordedAt(90_000, begin)),
  ).toBeLessThan(2000);
});

test('a layer that nobody takes there is not kept on for them, and one that is off can be wanted', async () => {
  const low = new TestLayer(stream, 'l', { sequence: 1, timestamp: 7, pictureId: 3 });
  home.addSource(stream, low.source, 150_000);
  await viewThere();
  await pass(Date.now(), () => there.layersOf(stream).length > 0);
  // It does not come, and still is chosen: that turns it on at its publisher.
  await pass(Date.now(), () => wishes.some(({ rid, active }) => rid === 'l' && active));
  await pass(Date.now(), () => home.layersOf(stream)[0]?.resting === false);
});

test('what is viewed there again comes at once, however much has passed meanwhile', async () => {
  const layer = new TestLayer(stream, 'h', { sequence: 1, timestamp: 7, pictureId: 3 });
  home.addSource(stream, layer.source);
  let now = Date.now();
  const send = () => {
    for (const { bytes } of layer.frame(1, true)) {
      const packet = receive(layer.source, bytes, now);
      if (packet !== undefined) home.forward(layer.source, packet, now);
    }
  };
  const sendUntil = (done: () => boolean) =>
    pass(now, (at) => {
      now = at;
      send();
      return done();
    });
  const copy = () => there.layersOf(stream)[0]?.source;
  const leave = await viewThere();
  await sendUntil(() => (copy()?.reception.packets ?? 0) > 0);
  // As many as are remembered.
  for (let count = 0; count < 600; count += 1) send();
  await sendUntil(() => (copy()?.reception.packets ?? 0) > 600);
  leave();
  await sendUntil(() => home.layersOf(stream)[0]?.resting === true);
  // Numbers of 16 bits look like old ones afterwards.
  for (let count = 0; count < 40_000; count += 1) send();
  const before = copy()?.reception.packets ?? 0;
  await viewThere();
  await sendUntil(() => (copy()?.reception.packets ?? 0) !== before && copy()?.reception.packets !== 0);
});
