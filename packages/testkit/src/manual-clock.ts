/** A clock that stands still until it is told to go on. Fits the clocks of server and client. */
export class ManualClock {
  #now: number;
  #nextId = 1;
  readonly #due = new Map<number, { at: number; every: number | undefined; run: () => void }>();

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now;
  }

  readonly now = (): number => this.#now;

  every(ms: number, run: () => void): () => void {
    const id = this.#add(ms, ms, run);
    return () => this.#due.delete(id);
  }

  setTimeout(run: () => void, ms: number): number {
    return this.#add(ms, undefined, run);
  }

  clearTimeout(id: unknown): void {
    if (typeof id === 'number') this.#due.delete(id);
  }

  /** Moves time forward and runs what falls due, in order of time. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = [...this.#due].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at)[0];
      if (next === undefined) break;
      const [id, entry] = next;
      this.#now = Math.max(this.#now, entry.at);
      if (entry.every === undefined) this.#due.delete(id);
      else entry.at += entry.every;
      entry.run();
    }
    this.#now = end;
  }

  /** Moves time forward at one stroke, as for a machine that slept: what fell due meanwhile runs once. */
  jump(ms: number): void {
    this.#now += ms;
    for (const [id, entry] of [...this.#due]) {
      if (entry.at > this.#now) continue;
      if (entry.every === undefined) this.#due.delete(id);
      else entry.at = this.#now + entry.every;
      entry.run();
    }
  }

  #add(ms: number, every: number | undefined, run: () => void): number {
    const id = this.#nextId++;
    this.#due.set(id, { at: this.#now + ms, every, run });
    return id;
  }
}
