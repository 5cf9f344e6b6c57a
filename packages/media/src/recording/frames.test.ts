import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Codec, VideoCodec } from '../codecs/codecs.ts';
import { depacketizerOf } from './depacketizers/depacketizer.ts';
import { type Frame, frameAssembler, type RecordedPacket } from './frames.ts';
import { pictureFormat } from './picture-format.ts';
import { readRed } from './red.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

function assemble(codec: Codec, packets: readonly { packet: Partial<RecordedPacket>; lost?: number }[]) {
  const frames: Frame[] = [];
  let broken = 0;
  const assembler = frameAssembler(
    codec,
    (frame) => frames.push(frame),
    () => {
      broken += 1;
    },
  );
  const empty = {
    sequence: 0,
    receivedAt: 0,
    timestamp: 0,
    marker: false,
    startsKeyFrame: false,
    payload: bytes(),
  };
  for (const { packet, lost = 0 } of packets) assembler.push({ ...empty, ...packet }, lost);
  return { frames, broken: () => broken };
}

describe('frames of pictures', () => {
  const key = (timestamp: number, ...data: number[]) => ({
    packet: { timestamp, startsKeyFrame: true, payload: bytes(0x10, ...data), marker: false },
  });
  const first = (timestamp: number, ...data: number[]) => ({
    packet: { timestamp, payload: bytes(0x10, ...data), marker: false },
  });
  const last = (timestamp: number, ...data: number[]) => ({
    packet: { timestamp, payload: bytes(0x00, ...data), marker: true },
  });

  it('begin with a key frame, and are of all their packets', () => {
    const { frames } = assemble('VP8', [
      first(1, 9),
      last(1, 9),
      key(2, 1),
      last(2, 2),
      first(3, 3),
      last(3, 4),
    ]);
    expect(frames.map(({ timestamp, isKey, data }) => [timestamp, isKey, [...data]])).toEqual([
      [2, true, [1, 2]],
      [3, false, [3, 4]],
    ]);
  });

  it('end with the next, where no packet says that it is the last', () => {
    const { frames } = assemble('VP8', [key(2, 1), first(3, 3), first(4, 5)]);
    expect(frames.map(({ timestamp }) => timestamp)).toEqual([2, 3]);
  });

  it('are left out after a loss, until the next key frame, which is asked for', () => {
    const { frames, broken } = assemble('VP8', [
      key(2, 1),
      { ...last(2, 2), lost: 1 },
      first(3, 3),
      last(3, 4),
      key(4, 5),
      last(4, 6),
    ]);
    expect(frames.map(({ timestamp }) => timestamp)).toEqual([4]);
    expect(broken()).toBe(1);
  });
});

describe('frames of sound', () => {
  const opus = (timestamp: number, value: number) => ({ packet: { timestamp, payload: bytes(value) } });

  it('are the packets', () => {
    const { frames } = assemble('opus', [opus(4_294_966_816, 1), opus(0, 2), opus(480, 3)]);
    expect(frames.map(({ timestamp, data }) => [timestamp, data[0]])).toEqual([
      [4_294_966_816, 1],
      [0, 2],
      [480, 3],
    ]);
  });

  it('come back by redundancy when their own packets were lost', () => {
    const red = (timestamp: number, before: number, own: number) => ({
      // One block of one byte, 960 ticks earlier.
      packet: {
        timestamp,
        payload: bytes(0x80 | 111, 960 >> 6, ((960 & 0x3f) << 2) | 0, 1, 111, before, own),
      },
    });
    const { frames } = assemble('red', [red(960, 0, 1), red(1920, 1, 2), { ...red(3840, 3, 4), lost: 1 }]);
    expect(frames.map(({ timestamp, data }) => [timestamp, data[0]])).toEqual([
      [0, 0],
      [960, 1],
      [1920, 2],
      [2880, 3],
      [3840, 4],
    ]);
  });
});

describe('depacketizers', () => {
  it('take the descriptor of VP8 and VP9 off', () => {
    const vp8 = depacketizerOf('VP8');
    // X with a long picture id, TL0PICIDX and TID.
    expect(vp8.join([bytes(0x90, 0xe0, 0x81, 2, 3, 4, 7), bytes(0x80, 0x00, 8)])).toEqual(
      Buffer.from([7, 8]),
    );
    const vp9 = depacketizerOf('VP9');
    // I, L, B and V with a structure of one layer with its size, and two pictures of a group.
    const structure = [0x18, 1, 64, 0, 180, 2, 0x04, 9, 0x00];
    expect(vp9.join([bytes(0xaa, 0x81, 2, 0x00, 5, ...structure, 7)])).toEqual(Buffer.from([7]));
    expect(vp9.join([bytes(0xd4, 0x05, 0x03, 0x02, 7)])).toEqual(Buffer.from([7]));
  });

  it('give units of H.264 their lengths', () => {
    const h264 = depacketizerOf('H264');
    const payloads = [bytes(0x78, 0, 2, 0x67, 1, 0, 1, 0x68), bytes(0x7c, 0x85, 2), bytes(0x7c, 0x45, 3)];
    expect(h264.join(payloads)).toEqual(
      Buffer.from([0, 0, 0, 2, 0x67, 1, 0, 0, 0, 1, 0x68, 0, 0, 0, 3, 0x65, 2, 3]),
    );
    expect(h264.join([bytes(0x61, 1), bytes(0x41, 2)])).toEqual(
      Buffer.from([0, 0, 0, 2, 0x61, 1, 0, 0, 0, 2, 0x41, 2]),
    );
    expect(h264.startsFrame(payloads[1] ?? bytes())).toBe(true);
    expect(h264.startsFrame(payloads[2] ?? bytes())).toBe(false);
  });

  it('give OBUs of AV1 their sizes, and leave temporal delimiters out', () => {
    const av1 = depacketizerOf('AV1');
    // W = 2: a temporal delimiter with its length, then the beginning of a frame that goes on in the next packet.
    expect(av1.join([bytes(0x60, 1, 0x10, 0x30, 7), bytes(0x90, 8)])).toEqual(Buffer.from([0x32, 2, 7, 8]));
  });

  it('never throw, whatever comes', () => {
    const payloads = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 });
    fc.assert(
      fc.property(fc.constantFrom<VideoCodec>('VP8', 'VP9', 'H264', 'AV1'), payloads, (codec, all) => {
        const { startsFrame, join } = depacketizerOf(codec);
        for (const payload of all) startsFrame(payload);
        join(all);
        for (const payload of all) {
          readRed(payload);
          pictureFormat(codec, payload);
        }
      }),
    );
  });
});
