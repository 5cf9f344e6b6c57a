import type { Clock } from '../clock.ts';

/** Users of whom there is something on this node, counted, and for a time of grace after the last of it has ended. */
export class PresentUsers {
  readonly #clock: Clock;
  readonly #graceMs: number;
  /** 0 while a user is leaving. */
  readonly #counts = new Map<number, number>();
  /** When the last of it ended for a leaving user; in that order. */
  readonly #leaving = new Map<number, number>();

  constructor(clock: Clock, graceMs: number) {
    this.#clock = clock;
    this.#graceMs = graceMs;
  }

  has(uid: number): boolean {
    return this.#counts.has(uid);
  }

  all(): Iterable<number> {
    return this.#counts.keys();
  }

  /** @returns whether he was not there before */
  add(uid: number): boolean {
    const count = this.#counts.get(uid);
    this.#counts.set(uid, (count ?? 0) + 1);
    this.#leaving.delete(uid);
    return count === undefined;
  }

  remove(uid: number): void {
    const count = (this.#counts.get(uid) ?? 1) - 1;
    this.#counts.set(uid, count);
    if (count === 0) this.#leaving.set(uid, this.#clock.now());
  }

  /** Forgets those whose time of grace is over (or all who are leaving), and names them with when they left. */
  takeLeft(all = false): [uid: number, endedAt: number][] {
    const now = this.#clock.now();
    const left: [number, number][] = [];
    for (const [uid, endedAt] of this.#leaving) {
      if (!all && endedAt + this.#graceMs > now) break;
      left.push([uid, endedAt]);
      this.#leaving.delete(uid);
      this.#counts.delete(uid);
    }
    return left;
  }
}
