import type { Quality } from './events.ts';

const fairFrom = 0.02;
const poorFrom = 0.08;

/** What a loss rate (0 to 1) means to people; a quality that was just measured has to be measured twice. */
export class QualityMeter {
  quality: Quality = 'good';
  #measured: Quality = 'good';

  /** Takes the loss since the last call, every few seconds. True when the quality has changed. */
  add(loss: number): boolean {
    const measured = loss >= poorFrom ? 'poor' : loss >= fairFrom ? 'fair' : 'good';
    const isConfirmed = measured === this.#measured;
    this.#measured = measured;
    if (!isConfirmed || measured === this.quality) return false;
    this.quality = measured;
    return true;
  }
}
