import type { ServerFrame } from '@stoa/protocol';
import type { LocalData, Transaction } from './store/index.ts';

export interface InboxOptions {
  readonly data: LocalData;
  /** Takes one frame. */
  readonly take: (transaction: Transaction, frame: ServerFrame) => void | Promise<void>;
  /** After the last frame of a batch, before the commit. */
  readonly finish: (transaction: Transaction) => void;
  /** Nothing of the batch was stored. The connection must be given up, so that it is sent again. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Frames of the server, in order. What came while the store was busy becomes one batch and one transaction, so a
 * slow store makes batches larger and not the queue longer.
 */
export class Inbox {
  readonly #options: InboxOptions;
  #waiting: ServerFrame[] = [];
  #connection = 0;

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  add(frames: readonly ServerFrame[]): void {
    const isIdle = this.#waiting.length === 0;
    this.#waiting.push(...frames);
    if (isIdle) this.#takeBatch();
  }

  /** The connection is gone: what was not taken is sent again on the next one, in its new place. */
  disconnected(): void {
    this.#connection += 1;
    this.#waiting = [];
  }

  #takeBatch(): void {
    const { data, take, finish, onFailure } = this.#options;
    data
      .transact(async (transaction) => {
        const connection = this.#connection;
        const batch = this.#waiting;
        this.#waiting = [];
        for (const frame of batch) {
          await take(transaction, frame);
          if (connection !== this.#connection) return;
        }
        finish(transaction);
      })
      .catch((error: unknown) => {
        this.#waiting = [];
        onFailure(error);
      });
  }
}
