import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameReader, messageFrame, packetFrame } from './frames.ts';

test('reads what was written, in whatever pieces it comes', () => {
  const frames = fc.array(
    fc.oneof(
      fc.record({ message: fc.dictionary(fc.string(), fc.jsonValue()) }),
      fc.record({ source: fc.nat(0xffff), packet: fc.uint8Array({ maxLength: 300 }) }),
    ),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(frames, fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), (each, pieces) => {
      const bytes = Buffer.concat(
        each.map((frame) =>
          'message' in frame
            ? messageFrame(frame.message)
            : packetFrame(frame.source, Buffer.from(frame.packet)),
        ),
      );
      const found: unknown[] = [];
      const reader = new FrameReader({
        onMessage: (message) => found.push({ message }),
        onPacket: (source, packet) => found.push({ source, packet: Uint8Array.from(packet) }),
      });
      for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
        const length = pieces[turn % pieces.length] ?? 1;
        reader.push(bytes.subarray(at, at + length));
        at += length;
      }
      expect(JSON.stringify(found)).toBe(JSON.stringify(each));
    }),
    { numRuns: 50 },
  );
});

test('refuses what is no frame', () => {
  const reader = () => new FrameReader({ onMessage: () => {}, onPacket: () => {} });
  expect(() => reader().push(Buffer.from([0xff, 0, 0, 1, 0]))).toThrow('bytes');
  expect(() => reader().push(Buffer.from([0, 0, 0, 0, 0]))).toThrow('bytes');
  expect(() => reader().push(Buffer.from([0, 0, 0, 2, 7, 0]))).toThrow('kind 7');
});
