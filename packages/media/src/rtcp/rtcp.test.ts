import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RtcpMessage } from './messages.ts';
import { readRtcp } from './read.ts';
import { fittingArrivals } from './transport-feedback.ts';
import { writeRtcp } from './write.ts';

const uint = (bits: number) => fc.nat(2 ** bits - 1);
const ssrc = uint(32);

const report = fc.record({
  ssrc,
  fractionLost: uint(8).map((value) => value / 256),
  totalLost: fc.integer({ min: -(2 ** 23), max: 2 ** 23 - 1 }),
  highestSequence: uint(32),
  jitter: uint(32),
  lastReport: uint(32),
  delaySinceLastReport: uint(32),
});
const reports = fc.array(report, { maxLength: 31 });

const arrivals = fc
  .array(fc.oneof(fc.constant(-1), fc.integer({ min: -400, max: 4000 })), { minLength: 1, maxLength: 60 })
  .map((steps) => {
    let ticks = 4000;
    return steps.map((step) => {
      if (step === -1) return -1;
      ticks = Math.max(0, ticks + step);
      return ticks / 4;
    });
  });

const message: fc.Arbitrary<RtcpMessage> = fc.oneof(
  fc.record({
    type: fc.constant('senderReport' as const),
    ssrc,
    // Eighths of a second, which binary fractions keep.
    ntpMs: uint(32).map((value) => value * 125),
    timestamp: uint(32),
    packets: uint(32),
    bytes: uint(32),
    reports,
  }),
  fc.record({ type: fc.constant('receiverReport' as const), ssrc, reports }),
  fc.record({
    type: fc.constant('sourceDescription' as const),
    sources: fc.array(fc.record({ ssrc, cname: fc.string({ unit: 'grapheme-ascii', maxLength: 40 }) }), {
      maxLength: 5,
    }),
  }),
  fc.record({ type: fc.constant('bye' as const), ssrcs: fc.array(ssrc, { maxLength: 5 }) }),
  fc.record({
    type: fc.constant('nack' as const),
    sender: ssrc,
    ssrc,
    sequences: fc
      .tuple(uint(16), fc.uniqueArray(fc.nat(200), { minLength: 1, maxLength: 40 }))
      .map(([first, offsets]) => offsets.sort((a, b) => a - b).map((offset) => (first + offset) & 0xffff)),
  }),
  fc.record({ type: fc.constant('pictureLoss' as const), sender: ssrc, ssrc }),
  fc.record({
    type: fc.constant('fullIntraRequest' as const),
    sender: ssrc,
    requests: fc.array(fc.record({ ssrc, sequence: uint(8) }), { maxLength: 4 }),
  }),
  fc.record({
    type: fc.constant('receiverEstimate' as const),
    sender: ssrc,
    bitrate: uint(18),
    ssrcs: fc.array(ssrc, { maxLength: 4 }),
  }),
  fc.record({
    type: fc.constant('transportFeedback' as const),
    sender: ssrc,
    ssrc,
    count: uint(8),
    firstSequence: uint(16),
    arrivals,
  }),
);

test('reads what it writes, several messages in one datagram', () => {
  fc.assert(
    fc.property(fc.array(message, { minLength: 1, maxLength: 4 }), (messages) => {
      expect(readRtcp(writeRtcp(...messages))).toEqual(messages);
    }),
    { numRuns: 400 },
  );
});

test('never throws, whatever the bytes', () => {
  const mutated = fc
    .tuple(message, fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 6 }), fc.nat(30))
    .map(([from, changes, cut]) => {
      const packet = writeRtcp(from);
      for (const [at, value] of changes) packet[at % packet.length] = value;
      return packet.subarray(0, packet.length - cut);
    });
  const random = fc.uint8Array({ maxLength: 100 }).map((bytes) => {
    bytes[0] = 0x80 | (bytes[0] ?? 0);
    bytes[1] = 200 + ((bytes[1] ?? 0) % 8);
    return bytes;
  });
  fc.assert(
    fc.property(fc.oneof(random, mutated), (packet) => {
      readRtcp(packet);
    }),
    { numRuns: 1000 },
  );
});

test('keeps an estimate of any size within a promille', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2e9 }), (bitrate) => {
      const [read] = readRtcp(writeRtcp({ type: 'receiverEstimate', sender: 1, bitrate, ssrcs: [2] }));
      const found = read?.type === 'receiverEstimate' ? read.bitrate : 0;
      expect(Math.abs(found - bitrate)).toBeLessThanOrEqual(bitrate / 1000);
    }),
  );
});

test('reads the chunks that only others write: vectors of single bits', () => {
  const head = [0x8f, 205, 0, 5, 0, 0, 0, 1, 0, 0, 0, 2];
  const threeFrom100 = [0, 100, 0, 3, 0, 0, 1, 0];
  const hereLostHere = [0xa8, 0];
  const packet = Uint8Array.from([...head, ...threeFrom100, ...hereLostHere, 4, 8]);
  expect(readRtcp(packet)).toMatchObject([
    { type: 'transportFeedback', firstSequence: 100, arrivals: [65, -1, 67] },
  ]);
});

test('leaves for the next message what comes after a long silence', () => {
  expect(fittingArrivals([1, -1, 2, 20_000])).toBe(3);
  expect(fittingArrivals([1, 2])).toBe(2);
});
