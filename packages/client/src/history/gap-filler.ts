import { limits, type PageFrame, StoaError } from '@stoa/protocol';
import type { Clock } from '../clock.ts';
import { lastPlace, targetOf } from '../conversations/index.ts';
import type { LocalData } from '../store/index.ts';
import { Timer } from '../timer.ts';
import type { ConversationId } from '../types.ts';
import type { HistoryRequests } from './history-requests.ts';

export interface GapFillerOptions {
  readonly data: LocalData;
  readonly requests: HistoryRequests;
  readonly clock: Clock;
  /** Conversations in which messages wait for missing ones; `own`: the first one waiting is one of this device. */
  readonly gaps: () => readonly { readonly id: ConversationId; readonly own: boolean }[];
  /** Stores a page of the messages after place `after`. */
  readonly onPage: (id: ConversationId, after: number, page: PageFrame) => Promise<void>;
  /** The server will not give them. */
  readonly onLost: (id: ConversationId) => Promise<void>;
  readonly onProblem: (error: unknown) => void;
}

/**
 * Fetches messages that are missing before others. A message of somebody else beyond the next place means that
 * something was lost; the answer to an own send often overtakes the messages before it, so there it waits a little.
 */
export class GapFiller {
  readonly #options: GapFillerOptions;
  readonly #filling = new Set<ConversationId>();
  readonly #timer: Timer;

  constructor(options: GapFillerOptions) {
    this.#options = options;
    this.#timer = new Timer(options.clock, () => {
      for (const { id } of options.gaps()) this.#fill(id);
    });
  }

  /** Looks for gaps; called after every batch. */
  check(): void {
    let waits = false;
    for (const { id, own } of this.#options.gaps()) {
      if (own) waits = true;
      else this.#fill(id);
    }
    if (waits) this.#checkLater();
  }

  disconnected(): void {
    this.#timer.clear();
  }

  #checkLater(): void {
    if (!this.#timer.isSet) this.#timer.setTo(this.#options.clock.now() + patienceMs);
  }

  #fill(id: ConversationId): void {
    if (this.#filling.has(id)) return;
    this.#filling.add(id);
    this.#fetch(id)
      .catch((error: unknown) => this.#failed(id, error))
      .catch(this.#options.onProblem)
      .finally(() => {
        this.#filling.delete(id);
        // Something may have come, or the last attempt may have failed.
        if (this.#options.gaps().length > 0) this.#checkLater();
      });
  }

  async #fetch(id: ConversationId): Promise<void> {
    const { data, requests, gaps, onPage } = this.#options;
    while (gaps().some((gap) => gap.id === id)) {
      const after = lastPlace(data.conversation(id)?.runs ?? []);
      await onPage(id, after, await requests.ask(targetOf(id), { after, limit: limits.historyPage }));
    }
  }

  async #failed(id: ConversationId, error: unknown): Promise<void> {
    if (!(error instanceof StoaError)) throw error;
    if (!error.retryable) await this.#options.onLost(id);
  }
}

/** How long a gap before an own send may close by itself; also the pause after a failure. */
const patienceMs = 1_000;
