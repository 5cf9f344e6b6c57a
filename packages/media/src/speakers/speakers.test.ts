import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ActiveSpeaker } from './active-speaker.ts';
import { chooseAudible } from './audible.ts';
import { loudnessOf, Voice } from './voice.ts';

const stepMs = 100;
const levels = fc.array(fc.integer({ min: -1, max: 127 }), { maxLength: 100 });

/** Those who talk at each step. */
function listen(voice: Voice, heard: readonly number[]): boolean[] {
  return heard.map((level, index) => {
    voice.hear(loudnessOf(level), index * stepMs);
    return voice.talking;
  });
}

test('a word is heard within a third of a second, pauses between words are bridged, noise is nobody', () => {
  const word = Array.from({ length: 4 }, () => 30);
  const pause = Array.from({ length: 6 }, () => 90);
  const silence = Array.from({ length: 12 }, () => -1);
  const talks = listen(new Voice(), [...word, ...pause, ...word, ...silence]);
  expect(talks.indexOf(true)).toBe(2);
  expect(talks.lastIndexOf(true)).toBe(word.length + pause.length + word.length + 8);
  expect(talks.slice(2, -3)).not.toContain(false);
  expect(listen(new Voice(), [60, 60, 60, 60, 60, 60])).not.toContain(true);
  expect(listen(new Voice(), [10, 90, 10, 90, 10, 90])).not.toContain(true);
});

test('never flaps: who begins to talk talks for a second, whatever comes', () => {
  fc.assert(
    fc.property(levels, (heard) => {
      const talks = listen(new Voice(), heard);
      let began: number | undefined;
      for (const [index, talking] of talks.entries()) {
        if (talking) began ??= index;
        if (talking || began === undefined) continue;
        expect((index - began) * stepMs).toBeGreaterThanOrEqual(1000);
        began = undefined;
      }
    }),
  );
});

test('the turn changes only to somebody who talks, and a talker keeps it for a second at least', () => {
  fc.assert(
    fc.property(fc.tuple(levels, levels, levels), (all) => {
      const voices = new Map(all.map((_, index) => [`${index}`, new Voice()]));
      const active = new ActiveSpeaker();
      let changedAt = Number.NEGATIVE_INFINITY;
      for (let step = 0; step < Math.max(...all.map(({ length }) => length)); step += 1) {
        const now = step * stepMs;
        for (const [index, voice] of voices) voice.hear(loudnessOf(all[Number(index)]?.[step] ?? -1), now);
        const before = active.current;
        const changed = active.update(voices, now);
        expect(changed).toBe(active.current !== before);
        if (!changed) continue;
        expect(voices.get(active.current ?? '')?.talking).toBe(true);
        if (voices.get(before ?? '')?.talking) expect(now - changedAt).toBeGreaterThanOrEqual(1000);
        changedAt = now;
      }
    }),
  );
});

const names = Array.from({ length: 8 }, (_, index) => `m${index}`);

test('the places are always used, by talkers first, and nobody silent displaces anybody', () => {
  const state = fc.record({ talking: fc.boolean(), loudness: fc.double({ min: 0, max: 1, noNaN: true }) });
  fc.assert(
    fc.property(
      fc.array(state, { minLength: 8, maxLength: 8 }),
      fc.subarray(names),
      fc.subarray(names),
      fc.nat(8),
      (states, wanted, heard, places) => {
        const voices = new Map(
          states.map((each, index) => [names[index] ?? '', Object.assign(new Voice(), each)]),
        );
        const before = new Set(heard.slice(0, places));
        const audible = chooseAudible(wanted, voices, before, places);
        const talks = (stream: string) => voices.get(stream)?.talking ?? false;
        expect(audible).toHaveLength(Math.min(places, wanted.length));
        const left = wanted.filter((stream) => !audible.includes(stream));
        if (left.some(talks)) expect(audible.every(talks)).toBe(true);
        for (const stream of audible)
          if (!before.has(stream) && !talks(stream)) {
            expect(left.filter((each) => before.has(each))).toEqual([]);
          }
        expect(chooseAudible(wanted, voices, new Set(audible), places)).toEqual(audible);
      },
    ),
  );
});
