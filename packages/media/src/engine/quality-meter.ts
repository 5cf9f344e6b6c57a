import type { Measured } from '../room/measure.ts';
import type { Quality, QualityReason } from './events.ts';

/** Where people begin to notice, and where they begin to give up. */
const loss = { fair: 0.02, poor: 0.08 };
const roundTripMs = { fair: 300, poor: 700 };

interface Judgement {
  readonly quality: Quality;
  readonly reason: QualityReason;
}

const ranks: Readonly<Record<Quality, number>> = { good: 0, fair: 1, poor: 2 };

/** What was measured of a way means this to people; what was just measured has to be measured twice. */
export class QualityMeter {
  #told: Judgement = { quality: 'good', reason: 'none' };
  #measured: Judgement = this.#told;

  get quality(): Quality {
    return this.#told.quality;
  }

  get reason(): QualityReason {
    return this.#told.reason;
  }

  /** Takes what was measured since the last call, every few seconds. True when the quality, or its reason, has changed. */
  add(measured: Measured): boolean {
    const judged = judge(measured);
    const isConfirmed = isSame(judged, this.#measured);
    this.#measured = judged;
    if (!isConfirmed || isSame(judged, this.#told)) return false;
    this.#told = judged;
    return true;
  }
}

/** By what is worst; of several that are as bad, by that which is the reason for the others. */
function judge({ loss: lost, roundTripMs: trip, shortage }: Measured): Judgement {
  const pictures = shortage.paused.length > 0 ? 'poor' : shortage.isOn ? 'fair' : 'good';
  const all: Judgement[] = [
    { quality: pictures, reason: 'bandwidth' },
    { quality: by(lost, loss), reason: 'loss' },
    { quality: by(trip ?? 0, roundTripMs), reason: 'delay' },
  ];
  const worst = all.reduce((a, b) => (ranks[b.quality] > ranks[a.quality] ? b : a));
  return worst.quality === 'good' ? { quality: 'good', reason: 'none' } : worst;
}

function by(value: number, { fair, poor }: { fair: number; poor: number }): Quality {
  return value >= poor ? 'poor' : value >= fair ? 'fair' : 'good';
}

function isSame(a: Judgement, b: Judgement): boolean {
  return a.quality === b.quality && a.reason === b.reason;
}
