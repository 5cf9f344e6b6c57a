import { expect, it } from 'vitest';
import { afterOutage, newGuard, nextGuard } from './bandwidth-guard.ts';
import type { CallQuality } from './call-types.ts';

const good: CallQuality = {
  level: 'good',
  rttMs: 40,
  lossIn: 0,
  lossOut: 0,
  kbitAvailable: 900,
  videoPaused: false,
};
const collapsed: CallQuality = { ...good, kbitAvailable: 50 };
const paused: CallQuality = { ...good, kbitAvailable: 50, videoPaused: true };

/** What the guard says after a quality every two seconds. */
function watch(qualities: readonly CallQuality[], state = newGuard, from = 0) {
  for (const [index, quality] of qualities.entries()) state = nextGuard(state, quality, from + index * 2_000);
  return state;
}
const times = (count: number, quality: CallQuality) => Array.from({ length: count }, () => quality);

it('pauses the video when the network takes too little of it for four seconds, not before', () => {
  expect(watch([...times(5, good), ...times(2, collapsed)]).paused).toBe(false);
  expect(watch([...times(5, good), ...times(3, collapsed)]).paused).toBe(true);
  expect(watch([collapsed, good, collapsed, good, collapsed, collapsed]).paused).toBe(false);
});

it('pauses it when a quarter of the packets does not arrive', () => {
  expect(watch(times(3, { ...good, lossOut: 0.3 })).paused).toBe(true);
});

it('brings it back after ten good seconds, although the estimate does not grow without video', () => {
  const state = watch(times(3, collapsed));
  expect(watch(times(5, paused), state, 6_000).paused).toBe(true);
  expect(watch(times(6, paused), state, 6_000).paused).toBe(false);
  expect(watch(times(9, { ...paused, lossOut: 0.1 }), state, 6_000).paused).toBe(true);
});

it('waits longer each time that it was too early, and two minutes at the most', () => {
  let state = watch(times(3, collapsed));
  let now = 6_000;
  const waits: number[] = [];
  for (let round = 0; round < 6; round++) {
    const began = now;
    while (state.paused) {
      now += 2_000;
      state = nextGuard(state, paused, now);
    }
    waits.push(now - began);
    while (!state.paused) {
      now += 2_000;
      state = nextGuard(state, collapsed, now);
    }
  }
  expect(waits).toEqual([12_000, 22_000, 42_000, 82_000, 122_000, 122_000]);
});

it('brings it back when the network was away, and waits longer the next time if that was too early', () => {
  const state = afterOutage(watch(times(3, collapsed)), 10_000);
  expect(state.paused).toBe(false);
  const again = watch(times(3, collapsed), state, 12_000);
  expect(again.paused).toBe(true);
  expect(watch(times(6, paused), again, 18_000).paused).toBe(true);
  expect(watch(times(11, paused), again, 18_000).paused).toBe(false);
  expect(watch(times(2, collapsed), afterOutage(watch(times(2, collapsed)), 4_000), 4_000).paused).toBe(
    false,
  );
});
