import type { Sample } from '../../e2e/networks/page-script.ts';

/** Three samples: people notice it. */
const freezeMs = 600;

/** What somebody got of another in a bad network. */
export interface NetworkFigures {
  /** Decoded. */
  readonly framesPerSecond: number;
  readonly freezes: number;
  readonly frozenSeconds: number;
  /** Share of the sound that was made up because nothing had come. */
  readonly concealed: number;
  /** Seconds until pictures and sound went on, and in the large layer, once the network was good again; null for too long. */
  readonly recovery?: number | null;
}

/** Of the samples from `from` until `to`, in milliseconds of their page. */
export function figuresOf(samples: readonly Sample[], from: number, to: number): NetworkFigures {
  const within = samples.filter(({ at }) => at >= from && at <= to);
  const [first, last] = [within[0], within.at(-1)];
  if (first === undefined || last === undefined || first === last) throw new Error('There are no samples.');
  return {
    framesPerSecond: ((last.frames - first.frames) * 1000) / (last.at - first.at),
    ...freezesOf(within),
    concealed: (last.concealed - first.concealed) / Math.max(1, last.samples - first.samples),
  };
}

/** Times in which no picture came. Chromium's own figure leaves out what is longer than five seconds. */
function freezesOf(samples: readonly Sample[]): { freezes: number; frozenSeconds: number } {
  let freezes = 0;
  let frozenMs = 0;
  let [since] = samples;
  for (const [index, sample] of samples.entries()) {
    const goesOn = sample.frames === since?.frames && index < samples.length - 1;
    if (since === undefined || goesOn) continue;
    if (sample.at - since.at >= freezeMs) {
      freezes += 1;
      frozenMs += sample.at - since.at;
    }
    since = sample;
  }
  return { freezes, frozenSeconds: frozenMs / 1000 };
}

/** Since when pictures come again, one after the other, and sound without a gap. */
export function recoveredAt(samples: readonly Sample[], from: number): number | undefined {
  const after = samples.filter(({ at }) => at >= from);
  for (const [index, sample] of after.entries()) {
    const later = after[index + 3];
    if (later === undefined) return undefined;
    const framesGoOn = later.frames - sample.frames >= 3;
    const soundGoesOn = later.concealed - sample.concealed < 0.2 * (later.samples - sample.samples);
    if (framesGoOn && soundGoesOn) return sample.at;
  }
  return undefined;
}
