/** An encoder that has been asked needs this long to answer. */
const intervalMs = 400;
/** Nobody waits any longer for one that never comes: a muted camera sends nothing. */
const maxTries = 25;

/** Merges the wishes of all receivers for a key frame of one source, and repeats them until it comes. */
export class KeyFrameRequests {
  #wanted = false;
  #tries = 0;
  #askedAt = Number.NEGATIVE_INFINITY;

  want(): void {
    this.#wanted = true;
    this.#tries = 0;
  }

  arrived(): void {
    this.#wanted = false;
  }

  /** Whether to ask the publisher now. */
  due(now: number): boolean {
    if (!this.#wanted || now - this.#askedAt < intervalMs) return false;
    this.#tries += 1;
    if (this.#tries > maxTries) this.#wanted = false;
    this.#askedAt = now;
    return true;
  }
}
