const intervalMs = 200;

/** Viewers in one tick, at least; of many a fifth, so that packets do not wait for all of them. */
const atOnce = 8;

/** Whose layers are to be chosen when: everybody's five times in a second, one after the other. */
export class ChoiceTurns<Viewer extends object> {
  readonly #due = new WeakMap<Viewer, number>();
  #isForAll = false;

  /** The next time it is everybody's turn: there is something new to choose from. */
  callAll(): void {
    this.#isForAll = true;
  }

  /** Those whose turn it is, each to be chosen for. To be called every few tens of milliseconds. */
  take(viewers: Iterable<Viewer>, count: number, now: number): Viewer[] {
    const isForAll = this.#isForAll;
    this.#isForAll = false;
    const most = isForAll ? count : Math.max(atOnce, Math.ceil(count / 5));
    const taken: Viewer[] = [];
    for (const viewer of viewers) {
      if (taken.length === most) break;
      if (!isForAll && now < (this.#due.get(viewer) ?? 0)) continue;
      this.#due.set(viewer, now + intervalMs);
      taken.push(viewer);
    }
    return taken;
  }
}
