import type { DeliveryCheck, NewWebhookEvent, WebhookNote, WebhookStore } from '@stoa/storage';

export interface QueueOptions {
  readonly store: Pick<WebhookStore, 'enqueue'>;
  /** Something waits to be sent. */
  readonly onAdded: () => void;
}

interface Addition {
  readonly events: readonly NewWebhookEvent[];
  readonly checks: readonly DeliveryCheck[];
  readonly settled: readonly WebhookNote[];
  readonly done: { resolve(): void; reject(error: unknown): void };
}

/**
 * Writes events into the queues, in the order in which they are added. What is added while a write is under way goes into
 * the next one, so that many events cost one commit.
 */
export class WebhookQueue {
  readonly #options: QueueOptions;
  #waiting: Addition[] = [];
  #writing: Promise<void> | undefined;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** Resolves when the events are stored, and the notes of what they tell of are forgotten. */
  add(
    events: readonly NewWebhookEvent[],
    checks: readonly DeliveryCheck[] = [],
    settled: readonly WebhookNote[] = [],
  ): Promise<void> {
    if (events.length + checks.length + settled.length === 0) return Promise.resolve();
    const added = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ events, checks, settled, done: { resolve, reject } });
    });
    this.#writing ??= this.#write();
    return added;
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, additionsAtOnce);
      try {
        await this.#options.store.enqueue(
          batch.flatMap(({ events }) => events),
          batch.flatMap(({ checks }) => checks),
          batch.flatMap(({ settled }) => settled),
        );
        for (const { done } of batch) done.resolve();
        this.#options.onAdded();
      } catch (error) {
        for (const { done } of batch) done.reject(error);
      }
    }
    this.#writing = undefined;
  }
}

/** Of one transaction. */
const additionsAtOnce = 500;
