/** How loud a piece of sound is, from 0 for silence to 255 for the loudest: the root of its mean square. */
export function levelOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const level = Math.sqrt(sum / Math.max(1, samples.length));
  // Speech is far from the loudest that there can be.
  return Math.min(255, Math.round(level * 3 * 255));
}

/** Levels from beginning to end, gathered into at most `most` of equally long parts: of each its loudest. */
export function waveformOf(levels: readonly number[], most: number): Uint8Array {
  const count = Math.min(most, levels.length);
  return Uint8Array.from({ length: count }, (_, index) => {
    const start = Math.floor((index * levels.length) / count);
    const end = Math.floor(((index + 1) * levels.length) / count);
    return levels.slice(start, end).reduce((loudest, level) => Math.max(loudest, level), 0);
  });
}
