import type { Webhook, WebhookAttempt, WebhookEvent, WebhookStore } from '@stoa/storage';
import type { Clock } from '../clock.ts';
import { post } from '../outgoing-post.ts';
import { backOffMs } from './back-off.ts';
import { requestBody } from './request-body.ts';
import { signature } from './signature.ts';
import { checkTarget } from './target.ts';

export interface WebhookSenderOptions {
  /** Name of this node, unique in the installation. */
  readonly node: string;
  readonly store: WebhookStore;
  readonly clock: Clock;
  readonly privateAddresses: boolean;
  /** Age at which an event that could not be sent is dropped, in milliseconds. */
  readonly giveUpMs: number;
  readonly webhookOf: (id: number) => Webhook | undefined;
  readonly onError: (error: unknown) => void;
  /** From 0 to 1. */
  readonly random?: () => number;
}

/** What became of one request. */
interface Outcome {
  readonly attempt: Omit<WebhookAttempt, 'id'>;
  /** Seconds after which the receiver wants to be asked again. */
  readonly retryAfter: number | undefined;
}

/**
 * Sends what waits in the queues: for each webhook one request after the other, made by one node, in the order of its
 * events. A request that fails is repeated, later and later, until its events are too old.
 */
export class WebhookSender {
  readonly #options: WebhookSenderOptions;
  readonly #atWork = new Map<number, Promise<void>>();
  readonly #stopped = new AbortController();
  #lookAgain = false;

  constructor(options: WebhookSenderOptions) {
    this.#options = options;
  }

  /** Looks for what may be sent now. To be called about once a second, and when something was added. */
  async look(): Promise<void> {
    const { store, node, clock, onError } = this.#options;
    this.#lookAgain = false;
    for (const webhook of await store.due(node, clock.now())) {
      if (this.#stopped.signal.aborted) return;
      if (this.#atWork.has(webhook)) this.#lookAgain = true;
      else if (this.#atWork.size < atOnce) {
        const work = this.#serve(webhook)
          .catch(onError)
          .finally(() => {
            this.#atWork.delete(webhook);
            // What was added while it was being given back.
            if (this.#lookAgain) this.look().catch(onError);
          });
        this.#atWork.set(webhook, work);
      }
    }
  }

  /** Breaks off what is under way; it is sent again by whoever comes next. */
  async close(): Promise<void> {
    this.#stopped.abort();
    await Promise.all(this.#atWork.values());
  }

  async #serve(webhook: number): Promise<void> {
    const { store, node, clock } = this.#options;
    const claim = (until: number) => store.claim({ webhook, node, now: clock.now(), until });
    if (!(await claim(clock.now() + leaseMs))) return;
    let claimedAt = clock.now();
    try {
      while (await this.#sendFirst(webhook)) {
        if (clock.now() - claimedAt < leaseMs / 2) continue;
        claimedAt = clock.now();
        if (!(await claim(claimedAt + leaseMs))) return;
      }
    } finally {
      await claim(0);
    }
  }

  /** False when there is nothing more to do now. */
  async #sendFirst(id: number): Promise<boolean> {
    const { store, clock, webhookOf, giveUpMs, random = Math.random } = this.#options;
    const webhook = webhookOf(id);
    const events = await store.head(id, eventsAtOnce);
    if (webhook === undefined || events.length === 0 || this.#stopped.signal.aborted) return false;
    const { count, outcome } = await this.#post(webhook, events);
    if (outcome === undefined) return false;
    const { attempt, retryAfter = 0 } = outcome;
    if (attempt.problem === null) {
      const done = events.slice(0, count).map((event) => event.id);
      await store.settle({ webhook: id, done, attempts: [attempt], keep, failures: 0, retryAt: 0 });
      return true;
    }
    const failures = (await store.failures(id)) + 1;
    const waitMs = Math.max(backOffMs(failures, random()), Math.min(retryAfter, 3600) * 1000);
    const before = clock.now() - giveUpMs;
    const overdue = await store.overdue({ webhook: id, before, keep: mostWaiting, limit: 1_000 });
    const dropped = overdue.length === 0 ? [] : [droppedAttempt(overdue, clock.now())];
    await store.settle({
      webhook: id,
      done: overdue.map((event) => event.id),
      attempts: [attempt, ...dropped],
      keep,
      failures,
      retryAt: clock.now() + waitMs,
    });
    return false;
  }

  /** Without an outcome when the node stops. */
  async #post(
    webhook: Webhook,
    events: readonly WebhookEvent[],
  ): Promise<{ count: number; outcome: Outcome | undefined }> {
    const { clock, privateAddresses } = this.#options;
    const now = clock.now();
    const { contentType, text, count } = requestBody(webhook, events, now);
    const begun = performance.now();
    const outcome = (
      status: number | null,
      problem: string | null,
      retryAfter?: number,
    ): { count: number; outcome: Outcome } => {
      const ms = Math.round(performance.now() - begun);
      const event = events[0]?.event ?? '';
      return {
        count,
        outcome: { attempt: { at: now, ms, status, problem, events: count, event }, retryAfter },
      };
    };
    try {
      const { status, retryAfter } = await post(checkTarget(webhook.url, privateAddresses), {
        headers: {
          'content-type': contentType,
          'user-agent': 'Stoa-Webhooks',
          'stoa-signature': signature(webhook.secret, text, now),
        },
        body: Buffer.from(text),
        signal: AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(timeoutMs)]),
        privateAddresses,
      });
      const isTaken = status >= 200 && status < 300;
      return outcome(status, isTaken ? null : `The answer was ${status}.`, retryAfter);
    } catch (error) {
      if (this.#stopped.signal.aborted) return { count, outcome: undefined };
      return outcome(null, problemOf(error));
    }
  }
}

function droppedAttempt(events: readonly WebhookEvent[], at: number): Omit<WebhookAttempt, 'id'> {
  const problem = 'Given up: the events were too old, or too many were waiting.';
  return { at, ms: 0, status: null, problem, events: events.length, event: events[0]?.event ?? '' };
}

function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return 'The request failed.';
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return `No answer in ${timeoutMs} ms.`;
  const text = error.message === '' && 'code' in error ? String(error.code) : error.message;
  return text.slice(0, 200);
}

const timeoutMs = 10_000;
/** For how long a node has a webhook for itself; longer than a request and what follows can take. */
const leaseMs = 60_000;
/** Webhooks that one node serves at the same time. */
const atOnce = 50;
const eventsAtOnce = 100;
/** Attempts in the log of a webhook. */
const keep = 500;
/** Events that may wait for one webhook. */
const mostWaiting = 100_000;
