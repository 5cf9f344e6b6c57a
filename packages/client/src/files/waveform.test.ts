import fc from 'fast-check';
import { expect, it } from 'vitest';
import { levelOf, waveformOf } from './waveform.ts';

it('silence is 0, and nothing is louder than 255', () => {
  expect(levelOf(new Float32Array(100))).toBe(0);
  expect(levelOf(new Float32Array(0))).toBe(0);
  expect(levelOf(new Float32Array(100).fill(-1))).toBe(255);
});

it('a waveform has a bounded number of parts, of which each is the loudest of its own', () => {
  expect([...waveformOf([1, 5, 2, 2, 0, 9], 3)]).toEqual([5, 2, 9]);
  expect([...waveformOf([1, 2], 64)]).toEqual([1, 2]);
  expect(waveformOf([], 64)).toHaveLength(0);
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 300 }),
      fc.integer({ min: 1, max: 128 }),
      (levels, most) => {
        const waveform = waveformOf(levels, most);
        expect(waveform.length).toBe(Math.min(levels.length, most));
        expect(Math.max(0, ...waveform)).toBe(Math.max(0, ...levels));
      },
    ),
  );
});
