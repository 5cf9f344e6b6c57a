import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rtpPacket } from '../testing/packets.ts';
import { newHeaderExtensions, readHeaderExtensions, textAt } from './header-extensions.ts';
import { isRtcp, newRtpHeader, readRtpHeader } from './rtp-header.ts';
import { unwrap16, unwrap32, unwrapBits } from './sequence.ts';

const ids = {
  mid: 1,
  rid: 2,
  repairedRid: 3,
  audioLevel: 4,
  absSendTime: 5,
  transportCc: 6,
  orientation: 7,
  dependencyDescriptor: 8,
};

test('reads what was written into the fixed header, whatever follows it', () => {
  const uint = (bits: number) => fc.nat(2 ** bits - 1);
  const packets = fc.record({
    payloadType: uint(7),
    sequence: uint(16),
    timestamp: uint(32),
    ssrc: uint(32),
    marker: fc.boolean(),
    extensions: fc.array(
      fc.record({ id: fc.integer({ min: 1, max: 14 }), data: fc.uint8Array({ maxLength: 40 }) }),
    ),
    payload: fc.uint8Array({ maxLength: 50 }),
    padding: uint(8),
  });
  fc.assert(
    fc.property(packets, (from) => {
      const packet = rtpPacket(from);
      const header = newRtpHeader();
      expect(readRtpHeader(packet, header)).toBe(true);
      const { payloadType, sequence, timestamp, ssrc, marker } = from;
      expect(header).toMatchObject({ payloadType, sequence, timestamp, ssrc, marker });
      expect([...packet.subarray(header.payloadStart, header.payloadEnd)]).toEqual([...from.payload]);
    }),
  );
});

test.each([
  { form: 'one-byte', more: [] },
  { form: 'two-byte', more: [{ id: 8, data: new Uint8Array(40).fill(7) }] },
])('reads every extension from $form headers', ({ more }) => {
  const text = (id: number, value: string) => ({ id, data: Buffer.from(value) });
  const packet = rtpPacket({
    extensions: [
      text(1, '0'),
      text(2, 'h'),
      text(3, 'rr'),
      { id: 4, data: Uint8Array.of(0x80 | 30) },
      { id: 5, data: Uint8Array.of(1, 2, 3) },
      { id: 6, data: Uint8Array.of(0x12, 0x34) },
      { id: 7, data: Uint8Array.of(9) },
      ...more,
    ],
  });
  const header = newRtpHeader();
  expect(readRtpHeader(packet, header)).toBe(true);
  const found = newHeaderExtensions();
  readHeaderExtensions(packet, header, ids, found);
  expect(textAt(packet, found.midAt, found.midLength)).toBe('0');
  expect(textAt(packet, found.ridAt, found.ridLength)).toBe('h');
  expect(textAt(packet, found.repairedRidAt, found.repairedRidLength)).toBe('rr');
  expect(found).toMatchObject({
    audioLevel: 30,
    voice: true,
    absSendTime: 0x010203,
    transportSequence: 0x1234,
    orientation: 9,
    descriptorLength: more.length * 40,
  });
});

test('never throws and never points outside of the packet, whatever the bytes', () => {
  const header = newRtpHeader();
  const found = newHeaderExtensions();
  const mutated = fc
    .tuple(
      fc.array(fc.record({ id: fc.integer({ min: 1, max: 14 }), data: fc.uint8Array({ maxLength: 20 }) })),
      fc.array(fc.tuple(fc.nat(100), fc.nat(255)), { maxLength: 5 }),
    )
    .map(([extensions, changes]) => {
      const packet = rtpPacket({ extensions, payload: new Uint8Array(10) });
      for (const [at, value] of changes) packet[at % packet.length] = value;
      return packet;
    });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 80 }), mutated), (packet) => {
      isRtcp(packet);
      if (!readRtpHeader(packet, header)) return;
      readHeaderExtensions(packet, header, ids, found);
      expect(header.payloadStart).toBeLessThanOrEqual(header.payloadEnd);
      expect(header.payloadEnd).toBeLessThanOrEqual(packet.length);
      expect(found.midAt + found.midLength).toBeLessThanOrEqual(packet.length);
      expect(found.descriptorAt + found.descriptorLength).toBeLessThanOrEqual(packet.length);
    }),
    { numRuns: 500 },
  );
});

test('counts on beyond the width of a number, forward and back', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: -60, max: 60 }), (reference, step) => {
      const next = reference + step;
      expect(unwrap16(reference, next & 0xffff)).toBe(next);
      expect(unwrap32(reference, next >>> 0)).toBe(next);
      expect(unwrapBits(reference, next & 0x7f, 7)).toBe(next);
    }),
  );
});
