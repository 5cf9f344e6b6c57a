import type { Clock } from '../clock.ts';
import { Timer } from '../timer.ts';
import type { Viewing, Wishes } from './viewing.ts';

export interface WishingOptions {
  readonly clock: Clock;
  readonly viewing: Pick<Viewing, 'watch'>;
  readonly mayWatch: () => boolean;
  /** What is wanted of the streams that there are. */
  readonly wishes: () => Wishes['streams'];
  readonly onProblem: (error: unknown) => void;
}

/** Says what is wanted of others: wishes that change together are told together. */
export class Wishing {
  readonly #options: WishingOptions;
  readonly #soon: Timer;
  #hearsOthers = true;
  #isOver = false;

  constructor(options: WishingOptions) {
    this.#options = options;
    this.#soon = new Timer(options.clock, () => this.#tell());
  }

  changed(): void {
    if (!this.#isOver && !this.#soon.isSet) this.#soon.setTo(this.#options.clock.now() + gatherMs);
  }

  hearOthers(hears: boolean): void {
    this.#hearsOthers = hears;
    this.changed();
  }

  stop(): void {
    this.#isOver = true;
    this.#soon.clear();
  }

  #tell(): void {
    const { viewing, mayWatch, wishes, onProblem } = this.#options;
    if (mayWatch()) viewing.watch({ streams: wishes(), others: this.#hearsOthers }).catch(onProblem);
  }
}

const gatherMs = 50;
