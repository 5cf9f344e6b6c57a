import type { Transaction } from '../store/index.ts';

/**
 * Keeps the position that the server names with `synced`, once every message before it is stored: also those that
 * wait for missing ones. Storing it earlier could lose them, because the server starts from it the next time.
 */
export class SyncPosition {
  readonly #onSynced: () => void;
  #reached: number | undefined;
  #isSynced = false;

  /** @param onSynced called once per connection, after the first position is stored */
  constructor(onSynced: () => void) {
    this.#onSynced = onSynced;
  }

  reached(position: number): void {
    this.#reached = position;
  }

  /** @param complete whether no message waits for missing ones */
  settle(transaction: Transaction, complete: boolean): void {
    const position = this.#reached;
    if (position === undefined || !complete) return;
    transaction.putDevice({ ...transaction.device, position });
    transaction.afterwards(() => {
      if (this.#reached !== position) return;
      this.#reached = undefined;
      const isFirst = !this.#isSynced;
      this.#isSynced = true;
      if (isFirst) this.#onSynced();
    });
  }

  disconnected(): void {
    this.#reached = undefined;
    this.#isSynced = false;
  }
}
