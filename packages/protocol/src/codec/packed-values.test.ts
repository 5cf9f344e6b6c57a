import assert from 'node:assert/strict';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contentArbitrary, plainDataArbitrary, serverFrameArbitrary } from '../testing/frames-arbitrary.ts';
import { encodeMessage, msgpackCodec, packValue, unpackValue } from './index.ts';

test('a packed value is read back unchanged, from a Buffer too', () => {
  fc.assert(
    fc.property(plainDataArbitrary(), (value) => {
      const packed = packValue(value);
      assert.deepEqual(unpackValue(packed), value);
      assert.deepEqual(unpackValue(Buffer.from(packed)), value);
    }),
  );
});

test('a message frame around packed content has the bytes of the whole frame', () => {
  fc.assert(
    fc.property(serverFrameArbitrary('message'), contentArbitrary(), (frame, content) => {
      const { content: _, gone: __, ...head } = frame as Extract<typeof frame, { t: 'message' }>;
      const expected = msgpackCodec.encode({ ...head, content });
      expect(Buffer.compare(encodeMessage(head, packValue(content)), expected as Uint8Array)).toBe(0);
    }),
  );
});

test('a message frame with more members than a short map holds is encoded all the same', () => {
  const head = {
    t: 'message' as const,
    conv: 1,
    seq: 1,
    mid: 1,
    from: 'a',
    ts: 0,
    type: 0,
    flags: 0,
    localId: 0,
    dev: 0,
    id: 0,
  };
  const content = { text: 'hello' };
  for (let more = 0; more < 8; more += 1) {
    const longer = { ...head, ...Object.fromEntries(Array.from({ length: more }, (_, i) => [`x${i}`, i])) };
    expect(msgpackCodec.decode(encodeMessage(longer, packValue(content)))).toStrictEqual([
      { ...longer, content },
    ]);
  }
});
