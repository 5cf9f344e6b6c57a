import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StoaError } from '../codes.ts';
import { limits } from '../limits.ts';
import {
  clientFrameArbitrary,
  plainDataArbitrary,
  serverFrameArbitrary,
} from '../testing/frames-arbitrary.ts';
import { type Codec, codecOf, codecs, jsonCodec, msgpackCodec, type WireData } from './index.ts';

const anyFrame = fc.oneof(clientFrameArbitrary(), serverFrameArbitrary());

describe.each(codecs)('$subprotocol', (codec) => {
  test('is found by its subprotocol', () => {
    expect(codecOf(codec.subprotocol)).toBe(codec);
    expect(codecOf('chat')).toBeUndefined();
  });

  test('carries every frame of every type unchanged', () => {
    fc.assert(
      fc.property(anyFrame, (frame) => {
        assert.deepEqual(codec.decode(codec.encode(frame)), [frame]);
      }),
      { numRuns: 500 },
    );
  });

  test('carries joined frames in order', () => {
    fc.assert(
      fc.property(fc.array(anyFrame, { minLength: 1, maxLength: 6 }), (frames) => {
        const parts = frames.map((frame) => codec.encode(frame));
        assert.deepEqual(codec.decode(codec.join(parts)), frames);
      }),
    );
  });

  test('leaves out members that are undefined', () => {
    const frame = { t: 'send', peer: undefined, content: { text: undefined, title: 'a' } };
    expect(codec.decode(codec.encode(frame))).toStrictEqual([{ t: 'send', content: { title: 'a' } }]);
  });

  test('carries members named like those of JavaScript objects', () => {
    const frame = { constructor: 1, toJSON: true, hasOwnProperty: null, toString: 'a', length: 2 };
    assert.deepEqual(codec.decode(codec.encode({ content: frame })), [{ content: frame }]);
  });

  test("encodes Node's Buffers as bytes and decodes plain Uint8Arrays that own their memory", () => {
    const encoded = codec.encode({ data: Buffer.from('bytes'), text: 'x'.repeat(5000) });
    const received = typeof encoded === 'string' ? encoded : Buffer.from(encoded);
    const [frame] = codec.decode(received) as [{ data: Uint8Array }];
    expect(frame.data).toStrictEqual(new Uint8Array(Buffer.from('bytes')));
    expect(frame.data.buffer.byteLength).toBe(5);
  });

  test('refuses a message without a frame', () => {
    expect(refusal(codec, codec === jsonCodec ? '' : new Uint8Array())).toBe('BAD_FRAME');
    expect(refusal(codec, codec === jsonCodec ? '\n\n' : '')).toBe('BAD_FRAME');
  });

  test('refuses the data of the other codec', () => {
    const other = codec === jsonCodec ? msgpackCodec : jsonCodec;
    expect(refusal(codec, other.encode({ t: 'ping' }))).toBe('BAD_FRAME');
  });

  test('takes as many frames as one message may hold, and not one more', () => {
    const ping = codec.encode({ t: 'ping' });
    const full = Array.from({ length: limits.framesPerSocketMessage }, () => ping);
    expect(codec.decode(codec.join(full))).toHaveLength(limits.framesPerSocketMessage);
    expect(refusal(codec, codec.join([...full, ping]))).toBe('TOO_LARGE');
  });

  test('takes data nested as deep as allowed, and not deeper', () => {
    const nested = (levels: number): unknown => (levels === 1 ? [] : { in: nested(levels - 1) });
    const deepest = nested(limits.frameDepth);
    expect(codec.decode(codec.encode(deepest))).toStrictEqual([deepest]);
    expect(refusal(codec, codec.encode(nested(limits.frameDepth + 1)))).toBe('BAD_FRAME');
  });

  test('refuses the key __proto__ at any depth', () => {
    const hostile: unknown = JSON.parse('{"t":"send","content":[{"__proto__":{"admin":true}}]}');
    expect(refusal(codec, codec.encode(hostile))).toBe('BAD_FRAME');
    const harmless = { my__proto__: 1, __proto___: 2, __PROTO__: 3 };
    expect(codec.decode(codec.encode(harmless))).toStrictEqual([harmless]);
  });
});

test('both codecs agree about plain data', () => {
  fc.assert(
    fc.property(plainDataArbitrary(5), (value) => {
      const frame = { value };
      assert.deepEqual(
        msgpackCodec.decode(msgpackCodec.encode(frame)),
        jsonCodec.decode(jsonCodec.encode(frame)),
      );
    }),
  );
});

test('a msgpack frame has the bytes that the specification gives it', () => {
  const frame = {
    t: 'received',
    conv: 7,
    seq: 300,
    ok: true,
    none: null,
    list: [-1, 1.5],
    bin: new Uint8Array([9]),
  };
  const key = (text: string) => Buffer.concat([Buffer.from([0xa0 | text.length]), Buffer.from(text)]);
  const expected = Buffer.concat([
    Buffer.from([0x87]),
    ...[key('t'), key('received'), key('conv'), Buffer.from([0x07])],
    ...[key('seq'), Buffer.from([0xcd, 0x01, 0x2c])],
    ...[key('ok'), Buffer.from([0xc3]), key('none'), Buffer.from([0xc0])],
    ...[key('list'), Buffer.from([0x92, 0xff, 0xcb, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0])],
    ...[key('bin'), Buffer.from([0xc4, 0x01, 0x09])],
  ]);
  expect(Buffer.from(msgpackCodec.encode(frame) as Uint8Array).toString('hex')).toBe(
    expected.toString('hex'),
  );
});

/** The code with which the codec refuses the data. */
function refusal(codec: Codec, data: WireData): string {
  try {
    codec.decode(data);
  } catch (error) {
    if (error instanceof StoaError) return error.code;
    throw error;
  }
  return 'accepted';
}
