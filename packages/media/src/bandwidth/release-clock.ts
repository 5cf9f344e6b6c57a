/** Something that holds packets back. */
export interface Holder {
  /** Sends what is due. False when nothing waits any more. */
  release(now: number): boolean;
}

const releaseMs = 5;

/** Lets packets go that wait: one timer for all who hold some, which runs only while somebody does. */
export class ReleaseClock {
  readonly #holders = new Set<Holder>();
  #timer: NodeJS.Timeout | undefined;

  add(holder: Holder): void {
    this.#holders.add(holder);
    this.#timer ??= setInterval(() => this.#run(Date.now()), releaseMs);
  }

  forget(holder: Holder): void {
    this.#holders.delete(holder);
    this.#stopIfIdle();
  }

  #run(now: number): void {
    for (const holder of this.#holders) if (!holder.release(now)) this.#holders.delete(holder);
    this.#stopIfIdle();
  }

  #stopIfIdle(): void {
    if (this.#holders.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
