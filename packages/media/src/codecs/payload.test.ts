import fc from 'fast-check';
import { expect, test } from 'vitest';
import { av1Obus, croppedSequence, h264Units } from '../testing/encoded-pictures.ts';
import { vp8Payload } from '../testing/packets.ts';
import type { VideoCodec } from './codecs.ts';
import { newPayloadInfo, readPayload } from './payload.ts';

function read(codec: VideoCodec, payload: Uint8Array) {
  const info = newPayloadInfo();
  readPayload(codec, payload, 0, payload.length, info);
  return info;
}

test('reads VP8: picture id, tl0, and size of a key frame', () => {
  const keyFrame = vp8Payload({ keyFrame: true, pictureId: 0x1234, tl0: 9, width: 1280, height: 720 });
  expect(read('VP8', keyFrame)).toEqual({
    startsKeyFrame: true,
    startsFrame: true,
    frameAt: 5,
    pictureId: 0x1234,
    pictureIdAt: 2,
    pictureIdBits: 15,
    tl0: 9,
    tl0At: 4,
    width: 1280,
    height: 720,
  });
  expect(read('VP8', vp8Payload({ keyFrame: false, pictureId: 1 })).startsKeyFrame).toBe(false);
  expect(read('VP8', vp8Payload({ keyFrame: true, begins: false, pictureId: 1 })).startsKeyFrame).toBe(false);
  // Short picture id, no tl0.
  expect(read('VP8', Uint8Array.of(0x90, 0x80, 0x55, 0x01))).toMatchObject({
    pictureId: 0x55,
    pictureIdBits: 7,
    tl0: -1,
  });
});

test('reads VP9: picture id, tl0, and the largest size of a key frame', () => {
  // I L B V, picture id 0x0102, layer 0, tl0 5, structure of two layers with sizes.
  const keyFrame = Uint8Array.of(0xaa, 0x81, 0x02, 0x00, 5, 0x30, 1, 64, 0, 180, 2, 128, 1, 104, 0);
  expect(read('VP9', keyFrame)).toMatchObject({
    startsKeyFrame: true,
    pictureId: 0x0102,
    tl0: 5,
    width: 640,
    height: 360,
  });
  expect(read('VP9', Uint8Array.of(0xe8, 0x81, 0x02, 0x00, 5, 0)).startsKeyFrame).toBe(false);
  // The second spatial layer of a key frame begins nothing.
  expect(read('VP9', Uint8Array.of(0xa8, 0x81, 0x02, 0x02, 5, 0)).startsKeyFrame).toBe(false);
});

test('knows the key frames of H.264 by their parameters, alone or aggregated, and those of AV1', () => {
  expect(read('H264', Uint8Array.of(0x67, 1, 2)).startsKeyFrame).toBe(true);
  expect(read('H264', Uint8Array.of(0x78, 0, 2, 0x09, 0, 0, 2, 0x67, 1)).startsKeyFrame).toBe(true);
  expect(read('H264', Uint8Array.of(0x78, 0, 2, 0x09, 0, 0, 2, 0x68, 1)).startsKeyFrame).toBe(false);
  expect(read('H264', Uint8Array.of(0x7c, 0x81)).startsKeyFrame).toBe(false);
  expect(read('AV1', Uint8Array.of(0x18)).startsKeyFrame).toBe(true);
  expect(read('AV1', Uint8Array.of(0x10)).startsKeyFrame).toBe(false);
});

test('reads the size of key frames of H.264, cropped, and of AV1', () => {
  expect(read('H264', h264Units.sequence)).toMatchObject({ startsKeyFrame: true, width: 64, height: 48 });
  const aggregated = Uint8Array.of(0x78, 0, 1, 0x09, 0, croppedSequence.length, ...croppedSequence);
  expect(read('H264', aggregated)).toMatchObject({ startsKeyFrame: true, width: 66, height: 50 });
  expect(read('H264', croppedSequence.subarray(0, 9))).toMatchObject({ startsKeyFrame: true, width: 0 });
  expect(read('AV1', Uint8Array.of(0x18, ...av1Obus.sequence))).toMatchObject({ width: 64, height: 48 });
  const counted = [1, ...av1Obus.delimiter, av1Obus.sequence.length, ...av1Obus.sequence];
  expect(read('AV1', Uint8Array.of(0x38, ...counted, 0x30))).toMatchObject({ width: 64, height: 48 });
});

test('never throws and never points outside of the payload, whatever the bytes', () => {
  const codec = fc.constantFrom<VideoCodec>('VP8', 'VP9', 'H264', 'AV1');
  fc.assert(
    fc.property(codec, fc.uint8Array({ maxLength: 30 }), (name, payload) => {
      const info = read(name, payload);
      if (info.pictureId >= 0) {
        expect(info.pictureIdAt + (info.pictureIdBits === 15 ? 2 : 1)).toBeLessThanOrEqual(payload.length);
      }
      if (info.tl0 >= 0) expect(info.tl0At).toBeLessThan(payload.length);
    }),
    { numRuns: 1000 },
  );
});
