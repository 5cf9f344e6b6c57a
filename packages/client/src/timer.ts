import type { Clock } from './clock.ts';

/** One timer that can be set anew, on an injectable clock. */
export class Timer {
  readonly #clock: Clock;
  readonly #onDue: () => void;
  #pending: { readonly id: unknown; readonly at: number } | undefined;

  constructor(clock: Clock, onDue: () => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  get isSet(): boolean {
    return this.#pending !== undefined;
  }

  /** Sets it to this time of the clock, instead of the one before. */
  setTo(at: number): void {
    if (this.#pending?.at === at) return;
    this.clear();
    const due = (): void => {
      this.#pending = undefined;
      this.#onDue();
    };
    const id = this.#clock.setTimeout(due, Math.max(0, at - this.#clock.now()));
    this.#pending = { id, at };
  }

  clear(): void {
    if (this.#pending !== undefined) this.#clock.clearTimeout(this.#pending.id);
    this.#pending = undefined;
  }
}
