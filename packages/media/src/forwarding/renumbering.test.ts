import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newHeaderExtensions, readHeaderExtensions } from '../rtp/header-extensions.ts';
import { newRtpHeader, readRtpHeader } from '../rtp/rtp-header.ts';
import { fillMediaPacket, newMediaPacket } from './media-packet.ts';
import { firstWord, ourExtensionIds, writeOutgoing } from './outgoing-header.ts';
import { Renumbering } from './renumbering.ts';

const names = ['transportCc', 'absSendTime', 'audioLevel', 'orientation', 'dependencyDescriptor'] as const;

function read(packet: Buffer, ids: Parameters<typeof readHeaderExtensions>[2]) {
  const header = newRtpHeader();
  expect(readRtpHeader(packet, header)).toBe(true);
  const extensions = newHeaderExtensions();
  readHeaderExtensions(packet, header, ids, extensions);
  return { header, extensions };
}

test('a player reads under its ids what is written under ours, and nothing that it has no id for', () => {
  const anyIds = fc
    .subarray([...names])
    .chain((known) =>
      fc
        .uniqueArray(fc.integer({ min: 1, max: 14 }), { minLength: known.length, maxLength: known.length })
        .map((ids) => Object.fromEntries(known.map((name, index) => [name, ids[index] ?? 0]))),
    );
  const anyPacket = fc.record({
    audioLevel: fc.integer({ min: -1, max: 127 }),
    descriptor: fc.uint8Array({ maxLength: 40 }),
    transportSequence: fc.nat(65_535),
    payload: fc.uint8Array({ minLength: 1, maxLength: 1400 }),
  });
  fc.assert(
    fc.property(anyIds, anyPacket, (ids, { audioLevel, descriptor, transportSequence, payload }) => {
      const record = newMediaPacket();
      const bytes = Buffer.concat([descriptor, payload]);
      const arrived = { ...newHeaderExtensions(), audioLevel, descriptorLength: descriptor.length };
      fillMediaPacket(record, bytes, descriptor.length, bytes.length, arrived);
      const written = writeOutgoing(record, firstWord(true, 96, 7), 8, 9, transportSequence, 1000);
      const before = Buffer.from(written);
      const packet = new Renumbering(ids).apply(written);
      expect(written.equals(before)).toBe(true);

      const ours = read(before, ourExtensionIds);
      const theirs = read(packet, ids);
      expect(theirs.header).toEqual(ours.header);
      expect(packet.subarray(theirs.header.payloadStart).equals(payload)).toBe(true);
      const nothing = newHeaderExtensions();
      const { transportCc, audioLevel: level, dependencyDescriptor } = ids;
      expect(theirs.extensions).toMatchObject({
        transportSequence: transportCc === undefined ? nothing.transportSequence : transportSequence,
        audioLevel: level === undefined ? nothing.audioLevel : ours.extensions.audioLevel,
        descriptorLength: dependencyDescriptor === undefined ? 0 : descriptor.length,
      });
    }),
  );
});
