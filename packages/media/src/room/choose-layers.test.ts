import { expect, test } from 'vitest';
import { Starvation } from '../bandwidth/starvation.ts';
import { SenderClock } from '../forwarding/sender-clock.ts';
import { Slot } from '../forwarding/slot.ts';
import { Source } from '../forwarding/source.ts';
import { chooseLayers, type ViewedSlot } from './choose-layers.ts';
import { LayerDemand } from './layer-demand.ts';

const now = 10_000;

function viewed(kind: 'audio' | 'video', bitrates: readonly number[]): ViewedSlot {
  const slot = new Slot({ kind, ssrc: 1, rtxSsrc: 0 });
  const layers = bitrates.map((bitrate, index) => {
    const codec = kind === 'audio' ? 'opus' : 'VP8';
    const options = { ssrc: index, codec, rid: String(index), stream: kind } as const;
    const source = new Source({ ...options, clock: new SenderClock() });
    source.height = 180 * (index + 1);
    return new LayerDemand(source, now, bitrate);
  });
  return { mid: kind, slot, view: { stream: kind }, layers };
}

function shownAt(bitrate: number, voices: readonly ViewedSlot[]): number {
  const picture = viewed('video', [20_000, 90_000]);
  const starvation = new Starvation();
  const estimator = { fellAt: now, queuedAt: now, delivered: () => 1, hasFeedback: true };
  chooseLayers({ bitrate, setDemand: () => {}, starvation, estimator }, [...voices, picture], now);
  return picture.slot.wanted?.height ?? 0;
}

test('keeps for sound what it takes, little for who is silent, and nothing where nothing comes', () => {
  const empty = viewed('audio', []);
  const silent = viewed('audio', [1000]);
  const talking = viewed('audio', [40_000]);
  expect(shownAt(130_000, [empty, empty, empty])).toBe(360);
  expect(shownAt(130_000, [silent, silent, silent])).toBe(360);
  expect(shownAt(130_000, [talking, silent, silent])).toBe(180);
  expect(shownAt(170_000, [talking, silent, silent])).toBe(360);
});
