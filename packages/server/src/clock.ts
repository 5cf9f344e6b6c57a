/** Time as the node sees it. Tests inject a clock of their own; everything that waits uses this one. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `run` about every `ms` milliseconds until the returned function is called. */
  every(ms: number, run: () => void): () => void;
}

/** The machine's clock. Its intervals do not keep the process alive. */
export const systemClock: Clock = {
  now: Date.now,
  every(ms, run) {
    const timer = setInterval(run, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
};
