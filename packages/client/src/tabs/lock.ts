import type { TabLocks } from './tab-platform.ts';

export interface LockListener {
  onHeld(): void;
  /** Another tab has stolen it, perhaps before it was held; or there are no locks to be had. */
  onLost(): void;
}

/** One lock of the browser, which this tab asks for, holds and releases. */
export class Lock {
  readonly #locks: TabLocks;
  readonly #name: string;
  readonly #listener: LockListener;
  /** Ends the latest request, whether it is still waiting or was granted. */
  #end: () => void = () => {};

  constructor(locks: TabLocks, name: string, listener: LockListener) {
    this.#locks = locks;
    this.#name = name;
    this.#listener = listener;
  }

  /** Waits in the browser's queue until whoever holds it is gone. */
  request(): void {
    const waiting = new AbortController();
    this.#ask({ signal: waiting.signal }, () => waiting.abort());
  }

  /** Takes it at once. Who holds it loses it, though he may not notice before he runs again. */
  steal(): void {
    this.#ask({ steal: true }, () => {});
  }

  /** Gives it up, or no longer waits for it. Nothing more is heard. */
  release(): void {
    this.#end();
    this.#end = () => {};
  }

  #ask(options: { signal?: AbortSignal; steal?: boolean }, abort: () => void): void {
    this.release();
    let state: 'waiting' | 'held' | 'over' = 'waiting';
    let letGo = (): void => {};
    this.#end = () => {
      if (state === 'waiting') abort();
      state = 'over';
      letGo();
    };
    const hold = (): Promise<void> => {
      // Granted in the moment in which it was given up.
      if (state === 'over') return Promise.resolve();
      state = 'held';
      const held = new Promise<void>((resolve) => {
        letGo = resolve;
      });
      this.#listener.onHeld();
      return held;
    };
    this.#locks.request(this.#name, options, hold).catch(() => {
      // Stolen, unless this tab itself has given it up.
      if (state === 'over') return;
      state = 'over';
      this.#listener.onLost();
    });
  }
}
