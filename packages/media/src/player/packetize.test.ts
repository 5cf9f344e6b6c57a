import { assert, boolean, constantFrom, property, uint8Array } from 'fast-check';
import { expect, it } from 'vitest';
import { newPayloadInfo, readPayload } from '../codecs/payload.ts';
import { depacketizerOf } from '../recording/depacketizers/depacketizer.ts';
import { OutgoingStream } from './outgoing-stream.ts';
import { packetizerOf } from './packetize.ts';

const track = (codec: 'opus' | 'VP8' | 'VP9') => ({
  codec,
  width: 640,
  height: 360,
  frames: async function* () {},
});

it('makes packets of frames of any size, of which the same frames can be made again', () => {
  const data = uint8Array({ minLength: 1, maxLength: 5000 });
  assert(
    property(constantFrom('VP8', 'VP9'), data, boolean(), (codec, bytes, isKey) => {
      const payloads = packetizerOf(track(codec))({ data: bytes, isKey, atMs: 0 });
      const reader = depacketizerOf(codec);
      expect(payloads.every(({ length }) => length <= 1110)).toBe(true);
      expect(payloads.map((payload) => reader.startsFrame(payload))).toEqual(
        payloads.map((_, index) => index === 0),
      );
      expect(Uint8Array.from(reader.join(payloads) ?? [])).toEqual(Uint8Array.from(bytes));
    }),
  );
});

it('says of a picture in VP9 whether it is a key frame, and how large', () => {
  const packetize = packetizerOf(track('VP9'));
  const info = newPayloadInfo();
  const [key = Buffer.alloc(0)] = packetize({ data: Buffer.alloc(3000), isKey: true, atMs: 0 });
  readPayload('VP9', key, 0, key.length, info);
  expect(info).toMatchObject({ startsKeyFrame: true, width: 640, height: 360, pictureId: 1 });
  const [delta = Buffer.alloc(0)] = packetize({ data: Buffer.alloc(30), isKey: false, atMs: 33 });
  readPayload('VP9', delta, 0, delta.length, info);
  expect(info).toMatchObject({ startsKeyFrame: false, pictureId: 2 });
});

it('numbers packets without a gap, and has those that were lost for a while', () => {
  const stream = new OutgoingStream('0', track('opus'), () => 0.9999999);
  const sent = Array.from({ length: 1500 }, (_, index) => {
    const [packet = Buffer.alloc(0)] = stream.packetsOf(
      { data: Buffer.from([index]), isKey: true, atMs: 0 },
      index * 20,
    );
    return packet;
  });
  const first = sent[0]?.readUInt16BE(2) ?? 0;
  expect(sent.map((packet) => packet.readUInt16BE(2))).toEqual(
    sent.map((_, index) => (first + index) & 0xffff),
  );
  expect(stream.again((first + 1499) & 0xffff)).toBe(sent[1499]);
  expect(stream.again((first + 1499 - 1023) & 0xffff)).toBe(sent[1499 - 1023]);
  expect(stream.again(first)).toBeUndefined();
  const [before = 0, after = 0] = [sent[0], sent[1]].map((packet) => packet?.readUInt32BE(4));
  expect((after - before) >>> 0).toBe(960);
});
