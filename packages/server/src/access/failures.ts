import { StoaError } from '@stoa/protocol';
import { BoundedMap } from '../bounded-map.ts';
import type { Clock } from '../clock.ts';
import type { Access, Subject } from './access.ts';

/**
 * Counts what users ask for and are refused for good, like wrong PINs. Who is refused more often than his rules allow has
 * to wait, on all his connections to this node.
 */
export class Failures {
  readonly #access: Pick<Access, 'restricts' | 'count'>;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #waitUntil = new BoundedMap<number, number>(10_000);

  constructor(options: {
    readonly access: Pick<Access, 'restricts' | 'count'>;
    readonly clock: Clock;
    readonly onError: (error: unknown) => void;
  }) {
    this.#access = options.access;
    this.#clock = options.clock;
    this.#onError = options.onError;
  }

  /** Milliseconds that the user has to wait before he asks for anything; 0 for most. */
  delay({ aid, uid }: Subject): number {
    if (!this.#access.restricts(aid)) return 0;
    return Math.max(0, (this.#waitUntil.get(uid) ?? 0) - this.#clock.now());
  }

  /** @throws StoaError RATE_LIMITED while the user has to wait */
  requireNone(subject: Subject): void {
    const retryAfterMs = this.delay(subject);
    if (retryAfterMs > 0) throw new StoaError('RATE_LIMITED', undefined, { retryAfterMs });
  }

  /** The user was answered with an error. */
  failed(subject: Subject, error: unknown): void {
    if (!(error instanceof StoaError) || error.retryable || !this.#access.restricts(subject.aid)) return;
    this.#access.count(subject, 'failure').catch((refused: unknown) => {
      const wait = refused instanceof StoaError ? refused.retryAfterMs : undefined;
      if (wait === undefined) this.#onError(refused);
      else this.#waitUntil.set(subject.uid, this.#clock.now() + wait);
    });
  }
}
