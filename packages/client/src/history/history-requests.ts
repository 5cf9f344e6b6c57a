import { type HistoryFrame, type PageFrame, type RefusedFrame, StoaError } from '@stoa/protocol';
import { errorOf, type Link } from '../connection/index.ts';
import { type Deferred, deferred } from '../deferred.ts';
import type { Target } from '../types.ts';

/** Asks the server for pages of conversations. */
export class HistoryRequests {
  readonly #link: Link;
  readonly #waiting = new Map<number, Deferred<PageFrame>>();
  #lastId = 0;

  constructor(link: Link) {
    this.#link = link;
  }

  /** Rejects with StoaError: UNAVAILABLE without a connection, or what the server says. */
  ask(target: Target, part: Pick<HistoryFrame, 'before' | 'after' | 'limit'>): Promise<PageFrame> {
    const id = ++this.#lastId;
    const page = deferred<PageFrame>();
    if (this.#link.send({ t: 'history', id, ...target, ...part })) this.#waiting.set(id, page);
    else page.reject(new StoaError('UNAVAILABLE', 'There is no connection.', { hint: retryHint }));
    return page.promise;
  }

  answered(page: PageFrame): void {
    this.#take(page.id)?.resolve(page);
  }

  /** False when the refused frame was no request of this kind. */
  refused(frame: RefusedFrame): boolean {
    if (frame.id === undefined || (frame.of !== undefined && frame.of !== 'history')) return false;
    const waiting = this.#take(frame.id);
    waiting?.reject(errorOf(frame));
    return waiting !== undefined;
  }

  disconnected(): void {
    const error = new StoaError('UNAVAILABLE', 'The connection was lost.', { hint: retryHint });
    for (const id of [...this.#waiting.keys()]) this.#take(id)?.reject(error);
  }

  #take(id: number): Deferred<PageFrame> | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}

const retryHint = 'Ask again when the client is online.';
