import type { StoaError } from '@stoa/protocol';
import type { Clock } from '../clock.ts';
import { Timer } from '../timer.ts';

/** Tries again what failed for a reason that passes: soon at first, and ever later while that does not help. */
export class TryingAgain {
  readonly #clock: Clock;
  readonly #timer: Timer;
  #waitMs = 0;
  #failedAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, onDue: () => void) {
    this.#clock = clock;
    this.#timer = new Timer(clock, onDue);
  }

  failed({ retryable, retryAfterMs = 0 }: StoaError): void {
    if (!retryable || this.#timer.isSet) return;
    const now = this.#clock.now();
    const isNew = now - this.#failedAt > forgottenMs;
    this.#waitMs = isNew ? shortestMs : Math.min(longestMs, 2 * this.#waitMs);
    this.#failedAt = now;
    this.#timer.setTo(now + Math.max(this.#waitMs, retryAfterMs));
  }

  stop(): void {
    this.#timer.clear();
  }
}

const shortestMs = 2_000;
const longestMs = 30_000;
const forgottenMs = 60_000;
