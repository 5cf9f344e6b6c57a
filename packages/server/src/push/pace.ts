import { BoundedMap } from '../bounded-map.ts';

interface Told {
  /** Up to which place the user was told. */
  readonly seq: number;
  /** Before this time he is not told again, and then for so long. */
  readonly next: number;
  readonly waitMs: number;
}

/**
 * How often a user is told of a conversation: at once of the first message that waits, of later ones after ever longer
 * times, until one of his devices has been there.
 */
export class Pace {
  readonly #told = new BoundedMap<string, Told>(100_000);

  /**
   * `now`, `never` for what he was told already, or the time from which he may be told.
   *
   * @param delivered up to which place one of his devices has the conversation
   */
  when(key: string, { delivered, seq, now }: { delivered: number; seq: number; now: number }): Answer {
    const told = this.#told.get(key);
    if (told === undefined) return 'now';
    if (delivered >= told.seq) {
      this.#told.delete(key);
      return 'now';
    }
    if (seq <= told.seq) return 'never';
    return now >= told.next ? 'now' : told.next;
  }

  told(key: string, { seq, now }: { seq: number; now: number }): void {
    const before = this.#told.get(key);
    const waitMs = before === undefined ? shortestMs : Math.min(before.waitMs * 2, longestMs);
    this.#told.set(key, { seq, next: now + waitMs, waitMs });
  }
}

type Answer = 'now' | 'never' | number;

const shortestMs = 3_000;
const longestMs = 60_000;
