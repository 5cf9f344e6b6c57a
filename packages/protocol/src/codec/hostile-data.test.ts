import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Packr } from 'msgpackr';
import { describe, expect, test } from 'vitest';
import { StoaError } from '../codes.ts';
import { limits } from '../limits.ts';
import { clientFrameArbitrary } from '../testing/frames-arbitrary.ts';
import { parseClientFrame } from '../validate.ts';
import { type Codec, codecs, jsonCodec, msgpackCodec, type WireData } from './index.ts';

describe('whatever arrives is decoded to plain data or refused with a code', () => {
  const runs = { numRuns: 1000 };

  test('random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => receive(msgpackCodec, bytes)),
      runs,
    );
  });

  test('random text and random JSON', () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.array(fc.json()).map((lines) => lines.join('\n')),
    );
    fc.assert(
      fc.property(text, (each) => receive(jsonCodec, each)),
      runs,
    );
  });

  test('random values in the place of a frame and of its members', () => {
    const value = fc.anything({ withNullPrototype: false, maxDepth: 4 });
    const type = fc.constantFrom('hello', 'send', 'received', 'read', 'presence', 'watch', 'history', 'ping');
    const frame = fc.tuple(type, fc.dictionary(fc.string(), value), value, value, value);
    fc.assert(
      fc.property(value, frame, (any, [t, rest, id, peer, content]) => {
        expectFrameOrRefusal(any);
        expectFrameOrRefusal({ ...rest, t, id, peer, conv: id, seq: id, peers: peer, content });
      }),
      runs,
    );
  });

  test('valid frames with some bytes changed, cut out or repeated', () => {
    const mutation = fc.record({ at: fc.nat(), byte: fc.nat(255), cut: fc.nat(3), repeat: fc.nat(3) });
    fc.assert(
      fc.property(
        clientFrameArbitrary(),
        fc.array(mutation, { minLength: 1, maxLength: 4 }),
        (frame, mutations) => {
          const bytes = msgpackCodec.encode(frame) as Uint8Array;
          receive(msgpackCodec, mutations.reduce(mutated, bytes));
          const text = new TextEncoder().encode(jsonCodec.encode(frame) as string);
          receive(jsonCodec, new TextDecoder().decode(mutations.reduce(mutated, text)));
        },
      ),
      runs,
    );
  });
});

describe('msgpack from a stranger', () => {
  test.each([
    ['a date', { moreTypes: true }, new Date(0)],
    ['a set', { moreTypes: true }, new Set([1])],
    ['an error', { moreTypes: true }, new Error('no')],
    ['a regular expression', { moreTypes: true }, /a/],
    ['a typed array', { moreTypes: true }, new Float64Array(2)],
    ['undefined', {}, [undefined]],
    ['a big integer', { useBigIntExtension: true }, 2n ** 80n],
    ['a record definition', { useRecords: true }, { x: 1 }],
    ['bundled strings', { bundleStrings: true }, { x: 'abcdef', y: 'ghijkl' }],
    ['a reference', { structuredClone: true }, cyclic()],
    ['a map with keys that are not text', { mapsAsObjects: false }, new Map([[1, 2]])],
    ['an integer beyond 2^53', {}, 2n ** 53n],
    ['a negative integer beyond 2^53', {}, -(2n ** 53n) - 1n],
  ])('%s is refused', (_, options, value) => {
    const bytes = new Packr({ useRecords: false, ...options }).pack({ value });
    expect(codeOf(() => msgpackCodec.decode(bytes))).toBe('BAD_FRAME');
  });

  test('every first byte is either plain data or refused, with every amount of data after it', () => {
    for (let token = 0; token < 256; token += 1) {
      for (const length of [0, 1, 4, 9, 17]) {
        for (const filler of [0x00, 0x72, 0xa0]) {
          const bytes = new Uint8Array(length + 1).fill(filler);
          bytes[0] = token;
          receive(msgpackCodec, bytes);
        }
      }
    }
  });

  test.each([
    ['text', [0xdb, 0xff, 0xff, 0xff, 0xff, 0x61]],
    ['bytes', [0xc6, 0x7f, 0xff, 0xff, 0xff, 0x61]],
    ['an array', [0xdd, 0xff, 0xff, 0xff, 0xff, 0xc0]],
    ['a map', [0xdf, 0xff, 0xff, 0xff, 0xff, 0xa1, 0x61, 0xc0]],
  ])('%s that is shorter than it says is refused at once', (_, bytes) => {
    expect(codeOf(() => msgpackCodec.decode(new Uint8Array(bytes)))).toBe('BAD_FRAME');
  });

  test('arrays opened and never closed are refused, not followed into a stack overflow', () => {
    const bytes = new Uint8Array(limits.socketMessageBytes).fill(0x91);
    expect(codeOf(() => msgpackCodec.decode(bytes))).toBe('BAD_FRAME');
  });

  test('nothing of one message is remembered in the next', () => {
    const definition = new Packr({ useRecords: true }).pack({ secret: 1 });
    expect(codeOf(() => msgpackCodec.decode(definition))).toBe('BAD_FRAME');
    // 0x40 would be a record if the definition had been kept.
    expect(msgpackCodec.decode(new Uint8Array([0x40]))).toStrictEqual([0x40]);
  });

  test('invalid UTF-8 becomes replacement characters', () => {
    const bytes = [0xa3, 0xed, 0xa0, 0x80];
    const [text] = msgpackCodec.decode(new Uint8Array(bytes));
    expect(text).toMatch(/^\ufffd+$/);
  });
});

describe('JSON from a stranger', () => {
  test.each([
    ['an open bracket for every byte', '['.repeat(limits.socketMessageBytes)],
    ['deeply nested arrays', '['.repeat(200_000) + ']'.repeat(200_000)],
    ['an escaped __proto__', '{"__prot\\u006f__":{"admin":true}}'],
    ['bytes that are not base64', '{"$bytes":"*"}'],
    ['bytes that are not text', '{"$bytes":[1,2]}'],
    ['bytes with something beside them', '{"$bytes":"AAAA","x":1}'],
    ['JSON followed by something else', '{} x'],
  ])('%s is refused', (_, text) => {
    expect(codeOf(() => jsonCodec.decode(text))).toBe('BAD_FRAME');
  });

  test('a refusal does not repeat what was sent', () => {
    try {
      jsonCodec.decode('{"token": secret-token}');
      expect.unreachable();
    } catch (error) {
      expect(JSON.stringify([String(error), Object.entries(error as Error)])).not.toContain('secret');
      expect((error as Error).cause).toBeUndefined();
    }
  });

  test('empty lines are nothing', () => {
    expect(jsonCodec.decode('\n{"t":"ping"}\n\n{"t":"pong"}\n')).toStrictEqual([
      { t: 'ping' },
      { t: 'pong' },
    ]);
  });
});

/** Decodes and parses as the socket does; throws when anything else than a code or a frame of plain data comes out. */
function receive(codec: Codec, data: WireData): void {
  for (const value of orRefusal(() => codec.decode(data)) ?? []) {
    assert(isPlain(value), 'something else than plain data was decoded');
    expectFrameOrRefusal(value);
  }
}

function expectFrameOrRefusal(value: unknown): void {
  const frame = orRefusal(() => parseClientFrame(value));
  if (frame === undefined) return;
  assert.equal(frame, value);
  if (frame.t !== 'send') return;
  // What is sent on can be encoded and decoded by everybody.
  const [binary, text] = codecs.map((codec) => codec.decode(codec.encode(frame.content)));
  assert.deepEqual(binary, text);
}

/** Undefined when it was refused with a code; every other error is passed on. */
function orRefusal<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof StoaError) return undefined;
    throw error;
  }
}

function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) {
    return value === null || ['string', 'number', 'boolean'].includes(typeof value);
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Uint8Array.prototype) return true;
  return (
    (prototype === Object.prototype || prototype === Array.prototype) && Object.values(value).every(isPlain)
  );
}

function mutated(
  bytes: Uint8Array,
  change: { at: number; byte: number; cut: number; repeat: number },
): Uint8Array {
  const at = change.at % Math.max(1, bytes.length);
  const part = bytes.subarray(at, at + change.repeat);
  return new Uint8Array([...bytes.subarray(0, at), change.byte, ...part, ...bytes.subarray(at + change.cut)]);
}

function cyclic(): unknown {
  const value: { self?: unknown } = {};
  value.self = value;
  return value;
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof StoaError) return error.code;
    throw error;
  }
  return 'accepted';
}
