import type { Clock } from '@stoa/client';
import { startOfDay, startOfNextDay } from '../ui/time.ts';
import { Live } from './live.ts';

/** Timers stand still while the machine sleeps, and the server's time is learned of later: it is looked at so often. */
const lookAgainMs = 60_000;

/** Midnight, by the clock on the wall, at which the present day began. One timer for all that show days. */
export class Today extends Live<number> {
  readonly #clock: Clock;
  #timer: unknown;

  constructor(clock: Clock) {
    super(startOfDay(clock.now()));
    this.#clock = clock;
    this.#wait();
  }

  close(): void {
    this.#clock.clearTimeout(this.#timer);
  }

  #wait(): void {
    const now = this.#clock.now();
    const look = (): void => {
      this.#wait();
      this.set(startOfDay(this.#clock.now()));
    };
    this.#timer = this.#clock.setTimeout(look, Math.min(startOfNextDay(now) - now, lookAgainMs));
  }
}
