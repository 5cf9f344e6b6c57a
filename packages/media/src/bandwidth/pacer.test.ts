import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Paced, Pacer } from './pacer.ts';

interface Numbered extends Paced {
  readonly number: number;
}

/** How many bytes left in each step of 5 ms, when these sizes come, each list in one step. */
function run(pacer: Pacer<Numbered>, steps: readonly (readonly number[])[], more: number) {
  const order: number[] = [];
  let number = 0;
  let now = 0;
  const bytes: number[] = [];
  for (const sizes of [...steps, ...Array.from({ length: more }, () => [])]) {
    now += 5;
    let left = 0;
    const leave = (packet: Numbered) => {
      order.push(packet.number);
      left += packet.bytes;
    };
    for (const size of sizes) {
      const packet = { number, bytes: size };
      number += 1;
      if (pacer.admit(size, now)) leave(packet);
      else pacer.wait(packet);
    }
    for (let packet = pacer.next(now); packet !== undefined; packet = pacer.next(now)) leave(packet);
    bytes.push(left);
  }
  return { order, bytes, number };
}

test('a key frame is spread over time, and small pictures leave at once', () => {
  const pacer = new Pacer<Numbered>();
  pacer.setBitrate(1_000_000, 0);
  const small = run(pacer, [[1100, 1100], [], [], [], [], [], [1100, 1100]], 0);
  expect(small.bytes).toEqual([2200, 0, 0, 0, 0, 0, 2200]);
  const keyFrame = Array.from({ length: 60 }, () => 1100);
  const { bytes } = run(new Pacer<Numbered>(), [keyFrame], 60);
  expect(bytes[0]).toBeLessThanOrEqual(12_500 + 1100);
  expect(Math.max(...bytes.slice(1))).toBeLessThanOrEqual(2 * 1562.5 + 1100);
  expect(bytes.reduce((sum, each) => sum + each, 0)).toBe(60 * 1100);
});

test('loses nothing and keeps the order, whatever comes', () => {
  const sizes = fc.array(fc.array(fc.integer({ min: 40, max: 1200 }), { maxLength: 80 }), { maxLength: 30 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 50_000, max: 20_000_000 }), (steps, bitrate) => {
      const pacer = new Pacer<Numbered>();
      pacer.setBitrate(bitrate, bitrate / 2);
      const { order, number } = run(pacer, steps, 100_000_000_000 / bitrate / 1000);
      expect(order).toEqual(Array.from({ length: order.length }, (_, index) => index));
      expect(order.length + pacer.waiting).toBe(number);
      expect(pacer.waiting).toBe(0);
    }),
    { numRuns: 30 },
  );
});
