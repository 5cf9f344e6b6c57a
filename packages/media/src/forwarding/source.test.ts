import { expect, test } from 'vitest';
import { newHeaderExtensions } from '../rtp/header-extensions.ts';
import { newRtpHeader, readRtpHeader } from '../rtp/rtp-header.ts';
import { rtpPacket, vp8Payload } from '../testing/packets.ts';
import { receive, TestLayer } from '../testing/publisher.ts';
import { SenderClock } from './sender-clock.ts';
import { Source } from './source.ts';

const start = { sequence: 0xfffd, timestamp: 0, pictureId: 0 };

test('asks for what is missing once per round trip, until it comes, through a wrap-around', () => {
  const layer = new TestLayer('alice', '', start);
  const { source } = layer;
  const packets = [...layer.frame(3, true), ...layer.frame(3, false)];
  for (const [index, { bytes }] of packets.entries()) {
    if (index !== 2 && index !== 3) receive(source, bytes, 1000);
  }
  expect(source.missing(1005, 50)).toEqual([]);
  expect(source.missing(1020, 50)).toEqual([0, 1]);
  expect(source.missing(1040, 50)).toEqual([]);
  receive(source, packets[2]?.bytes ?? Buffer.alloc(0), 1045);
  expect(source.missing(1071, 50)).toEqual([1]);
  expect(source.reception.lost).toBe(1);
  expect(source.report(1100)).toMatchObject({ totalLost: 1, fractionLost: 1 / 6, highestSequence: 0x1_0003 });
});

test('takes a packet once, whichever way it comes', () => {
  const layer = new TestLayer('alice', '', start);
  const { source } = layer;
  const [first, second, third] = layer.frame(3, true);
  if (first === undefined || second === undefined || third === undefined) throw new Error('Three packets.');
  receive(source, first.bytes, 1000);
  receive(source, third.bytes, 1000);
  const header = newRtpHeader();
  const payload = Buffer.concat([Buffer.from([0xff, 0xff]), vp8Payload({ keyFrame: false, pictureId: 1 })]);
  const again = rtpPacket({ payloadType: 97, sequence: 5, timestamp: 3000, payload });
  expect(readRtpHeader(again, header)).toBe(true);
  expect(source.receiveAgain(again, header, newHeaderExtensions(), 1010)).toMatchObject({ sequence: 0xffff });
  expect(receive(source, second.bytes, 1020)).toBeUndefined();
  expect(source.reception.packets).toBe(3);
});

test('prefers a key frame to filling a large gap', () => {
  const layer = new TestLayer('alice', '', start);
  receive(layer.source, layer.frame(1, true)[0]?.bytes ?? Buffer.alloc(0), 1000);
  for (let frame = 0; frame < 300; frame += 1) layer.frame(1, false);
  receive(layer.source, layer.frame(1, false)[0]?.bytes ?? Buffer.alloc(0), 1000);
  expect(layer.source.missing(2000, 50)).toEqual([]);
  expect(layer.source.keyFrames.due(2000)).toBe(true);
});

test('knows when sound and picture were recorded, by the sender reports of their common clock', () => {
  const clock = new SenderClock();
  const common = { rid: '', stream: 'alice', clock };
  const voice = new Source({ ...common, ssrc: 1, codec: 'opus' });
  const camera = new Source({ ...common, ssrc: 2, codec: 'VP8' });
  const report = { type: 'senderReport', packets: 0, bytes: 0, reports: [] } as const;
  // The publisher's clock stands at 5000 when ours is at 100,000; the second report was 40 ms slower.
  voice.addSenderReport({ ...report, ssrc: 1, ntpMs: 5000, timestamp: 48_000 }, 100_000);
  camera.addSenderReport({ ...report, ssrc: 2, ntpMs: 5500, timestamp: 90_000 }, 100_540);
  expect(voice.recordedAt(48_000 + 24_000, 100_600)).toBe(100_500.5);
  expect(camera.recordedAt(90_000, 100_600)).toBe(100_500.5);
  // A report that makes no sense is not believed.
  expect(camera.recordedAt(90_000 + 900_000, 100_600)).toBe(100_600);
});

test('takes sound of which the level is not told for quiet speech, unless it is a packet of silence', () => {
  const source = new Source({ ssrc: 7, codec: 'opus', rid: '', stream: 'obs/mic', clock: new SenderClock() });
  expect(source.takeLevel()).toBe(-1);
  receive(source, rtpPacket({ sequence: 1, ssrc: 7, payload: Buffer.alloc(3) }), 1000);
  expect(source.takeLevel()).toBe(127);
  receive(source, rtpPacket({ sequence: 2, ssrc: 7, payload: Buffer.alloc(160) }), 1020);
  receive(source, rtpPacket({ sequence: 3, ssrc: 7, payload: Buffer.alloc(3) }), 1040);
  expect(source.takeLevel()).toBe(45);
});
