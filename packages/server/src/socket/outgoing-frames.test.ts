import { jsonCodec, limits, msgpackCodec } from '@stoa/protocol';
import { describe, expect, it } from 'vitest';
import { framed, OutgoingFrames } from './outgoing-frames.ts';

const hexOfHead = (frame: Buffer, bytes: number): string => frame.toString('hex', 0, bytes);

describe('a finished WebSocket message', () => {
  it('has the bytes that RFC 6455 gives its examples', () => {
    expect(framed('Hello').toString('hex')).toBe('810548656c6c6f');
    expect(hexOfHead(framed(new Uint8Array(256)), 4)).toBe('827e0100');
    expect(hexOfHead(framed(new Uint8Array(65_536)), 10)).toBe('827f0000000000010000');
  });

  it.each([
    [0, '8200'],
    [125, '827d'],
    [126, '827e007e'],
    [65_535, '827effff'],
  ])('of %i bytes has the shortest header', (size, head) => {
    const data = Uint8Array.from({ length: size }, (_, index) => index % 251);
    const frame = framed(data);
    expect(hexOfHead(frame, head.length / 2)).toBe(head);
    expect(frame.subarray(head.length / 2).equals(data)).toBe(true);
  });

  it('counts text in bytes of UTF-8', () => {
    const text = 'ü€😀'.repeat(20);
    const frame = framed(text);
    expect(hexOfHead(frame, 4)).toBe(`817e${(20 * 9).toString(16).padStart(4, '0')}`);
    expect(frame.toString('utf8', 4)).toBe(text);
  });
});

describe('what goes out', () => {
  const [one, two] = [{ t: 'ping' }, { t: 'pong' }].map((frame) => msgpackCodec.encode(frame) as Uint8Array);
  if (one === undefined || two === undefined) throw new Error('no frames');

  it('is framed once for all that are due the same', () => {
    const frames = new OutgoingFrames();
    const first = frames.of(msgpackCodec, [one, two]);
    expect(frames.of(msgpackCodec, [one, two])).toBe(first);
    expect(frames.of(msgpackCodec, [two, one])).not.toBe(first);
    const alone = frames.ofOne(one);
    expect(alone).toEqual(framed(one));
    expect(frames.ofOne(one)).toBe(alone);
    expect(frames.ofOne(two)).toEqual(framed(two));
  });

  it('is written anew in the form of another codec once for all', () => {
    const frames = new OutgoingFrames();
    expect(frames.recoded(msgpackCodec, one)).toBe(one);
    expect(frames.recoded(jsonCodec, one)).toBe(jsonCodec.encode({ t: 'ping' }));
    expect(frames.recoded(jsonCodec, two)).toBe(jsonCodec.encode({ t: 'pong' }));
  });

  it('is dealt out over as many messages as its limits ask for', () => {
    const frames = new OutgoingFrames();
    const many = Array.from({ length: limits.framesPerSocketMessage + 1 }, () => one);
    expect(frames.of(msgpackCodec, many)).toHaveLength(2);
  });
});
