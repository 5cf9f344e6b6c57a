import type { Clock } from './clock.ts';

export interface BackgroundOptions {
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/**
 * Work that a node repeats: each piece again and again, never twice at once; when its time comes while it is under way,
 * it is done once more afterwards. What fails is tried again the next time.
 */
export class Background {
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #stops: (() => void)[] = [];
  readonly #running = new Set<Promise<void>>();
  #stopped = false;

  constructor({ clock, onError }: BackgroundOptions) {
    this.#clock = clock;
    this.#onError = onError;
  }

  /** `work` goes on in small steps while `goOn` says so. The returned function begins at once. */
  repeat(ms: number, work: (goOn: () => boolean) => Promise<void>): () => void {
    let underWay = false;
    let again = false;
    const run = async (): Promise<void> => {
      do {
        again = false;
        try {
          await work(() => !this.#stopped);
        } catch (error) {
          this.#onError(error);
        }
      } while (again && !this.#stopped);
      underWay = false;
    };
    const start = (): void => {
      again = underWay;
      if (underWay || this.#stopped) return;
      underWay = true;
      const done = run();
      this.#running.add(done);
      done.finally(() => this.#running.delete(done));
    };
    this.#stops.push(this.#clock.every(ms, start));
    return start;
  }

  /** Waits for the steps under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const stop of this.#stops) stop();
    await Promise.all(this.#running);
  }
}
