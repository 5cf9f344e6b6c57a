/** Subjects whose events may have been lost; `all` when they are too many to be named. */
export type Lost = ReadonlySet<string> | 'all';

/**
 * Remembers on which subjects something was published that the NATS server has not confirmed, and where something was
 * lost: so that after a failure those who listen there can be told to look elsewhere for what they missed. Bounded:
 * beyond `maxSubjects` it only knows that anything may have been lost.
 */
export class Ledger {
  readonly #maxSubjects: number;
  /** Published since the last ping. */
  #fresh = new Set<string>();
  #freshBytes = 0;
  /** Published before the ping that is being answered. */
  #pinged = new Set<string>();
  #pingedBytes = 0;
  #lost: Set<string> | 'all' = new Set();

  constructor(maxSubjects = 10_000) {
    this.#maxSubjects = maxSubjects;
  }

  /** Bytes published that were not confirmed. */
  get unconfirmedBytes(): number {
    return this.#freshBytes + this.#pingedBytes;
  }

  get hasLost(): boolean {
    return this.#lost === 'all' || this.#lost.size > 0;
  }

  published(subject: string, bytes: number): void {
    this.#fresh.add(subject);
    this.#freshBytes += bytes;
  }

  /** Something could not be published. */
  lose(subject: string): void {
    if (this.#lost === 'all') return;
    this.#lost.add(subject);
    if (this.#lost.size > this.#maxSubjects) this.#lost = 'all';
  }

  /** What was published so far comes before a ping that is sent now. */
  pinged(): void {
    if (this.#pinged.size === 0) this.#pinged = this.#fresh;
    else for (const subject of this.#fresh) this.#pinged.add(subject);
    this.#pingedBytes += this.#freshBytes;
    this.#fresh = new Set();
    this.#freshBytes = 0;
  }

  /** The last ping was answered. */
  confirmed(): void {
    this.#pinged = new Set();
    this.#pingedBytes = 0;
  }

  /** The connection broke: nobody knows what became of the events that were not confirmed. */
  disconnected(): void {
    for (const subjects of [this.#pinged, this.#fresh]) {
      for (const subject of subjects) this.lose(subject);
    }
    this.#fresh = new Set();
    this.#freshBytes = 0;
    this.confirmed();
  }

  /** What was lost until now, and forgets it. */
  takeLost(): Lost {
    const lost = this.#lost;
    this.#lost = new Set();
    return lost;
  }
}
