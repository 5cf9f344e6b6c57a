import assert from 'node:assert/strict';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MessageFrame, ReceiptFrame, SentFrame } from '../frames.ts';
import { contentArbitrary, serverFrameArbitrary } from '../testing/frames-arbitrary.ts';
import { encodeMessage, encodeReceipt, encodeSent, msgpackCodec, packValue } from './index.ts';

/** The same frame as the general encoder writes it: equal values, and not a byte more. */
function expectSame(bytes: Uint8Array, frame: object): void {
  assert.deepEqual(msgpackCodec.decode(bytes), [frame]);
  expect(bytes.length).toBe(msgpackCodec.encode(frame).length);
}

test('a "sent" frame has every member', () => {
  fc.assert(
    fc.property(serverFrameArbitrary('sent'), (frame) => {
      expectSame(encodeSent(frame as SentFrame), frame);
    }),
  );
});

test('a "receipt" frame has every member, whatever script the address is in', () => {
  fc.assert(
    fc.property(serverFrameArbitrary('receipt'), (frame) => {
      expectSame(encodeReceipt(frame as ReceiptFrame), frame);
    }),
    { numRuns: 300 },
  );
});

test('a "message" frame around packed content has every member', () => {
  fc.assert(
    fc.property(serverFrameArbitrary('message'), contentArbitrary(), (frame, content) => {
      const { content: _, gone: __, marks, first, ...head } = frame as MessageFrame;
      expectSame(encodeMessage(head, packValue(content)), { ...head, content });
    }),
    { numRuns: 500 },
  );
});

test('a frame keeps its bytes while others are written', () => {
  const frame = { id: 1, conv: 2, seq: 3, mid: 4, ts: 5 };
  const first = encodeSent(frame);
  const copy = first.slice();
  for (let id = 0; id < 5_000; id += 1) encodeSent({ ...frame, id });
  expect(first).toStrictEqual(copy);
});
