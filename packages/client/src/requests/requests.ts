import {
  limits,
  type OperationName,
  type OperationRequest,
  type OperationResponse,
  type RefusedFrame,
  type ResponseFrame,
  StoaError,
} from '@stoa/protocol';
import type { Clock } from '../clock.ts';
import { errorOf, type Link } from '../connection/index.ts';
import { type Deferred, deferred } from '../deferred.ts';
import type { Transaction } from '../store/index.ts';
import { Timer } from '../timer.ts';

export interface RequestOptions {
  /** Whether it may be asked once more on the next connection; default: what is known of the operation. */
  readonly repeatable?: boolean;
  /** Milliseconds after which nobody waits any more, all attempts together. Default: 30,000. */
  readonly timeoutMs?: number;
}

interface InternalOptions extends RequestOptions {
  /** Called in the transaction that takes the answer, in order with everything else that the server sends. */
  readonly onAnswer?: OnAnswer | undefined;
}

type OnAnswer = (transaction: Transaction, body: Record<string, unknown>) => void | Promise<void>;

interface Waiting {
  readonly op: OperationName;
  readonly body: Record<string, unknown>;
  readonly answer: Deferred<Record<string, unknown>>;
  readonly isRepeatable: boolean;
  readonly deadline: number;
  readonly onAnswer: OnAnswer | undefined;
  isSent: boolean;
}

/** Asking these twice does no more than asking them once, and the answer is the same. */
const repeatable: ReadonlySet<OperationName> = new Set([
  'devices.list',
  'devices.signOut',
  'state.set',
  'message.receipts',
  'messages.search',
  'scheduled.list',
  'push.register',
  'push.unregister',
  'push.key',
  'calls.servers',
  'groups.get',
  'groups.list',
  'groups.members.list',
  'groups.pins.list',
  'groups.requests.list',
  'profile.get',
  'profile.set',
  'profiles.get',
  'profiles.search',
]);

/** Whether a question may be asked again when it is not known whether it was answered. */
export function isRepeatable(op: OperationName, options: RequestOptions = {}): boolean {
  return options.repeatable ?? repeatable.has(op);
}

/**
 * Questions to the server that belong to no message. Answers are matched by id; a bounded number is unanswered at a
 * time. What a broken connection leaves unanswered is asked again on the next one only if that can do no harm.
 */
export class Requests {
  readonly #link: Link;
  readonly #clock: Clock;
  readonly #timer: Timer;
  /** In the order in which they were asked. */
  readonly #waiting = new Map<number, Waiting>();
  #unanswered = 0;
  #lastId = 0;

  constructor(link: Link, clock: Clock) {
    this.#link = link;
    this.#clock = clock;
    this.#timer = new Timer(clock, () => this.#expire());
  }

  /**
   * Rejects with StoaError: what the server says, UNAVAILABLE without a connection, when it breaks, and when no
   * answer comes in time.
   */
  ask<Name extends OperationName>(
    op: Name,
    body: OperationRequest<Name>,
    options: InternalOptions = {},
  ): Promise<OperationResponse<Name>> {
    if (!this.#link.online) return Promise.reject(unavailable('There is no connection.'));
    const { repeatable: isRepeatable = repeatable.has(op), timeoutMs = defaultTimeoutMs, onAnswer } = options;
    const answer = deferred<Record<string, unknown>>();
    const deadline = this.#clock.now() + timeoutMs;
    this.#lastId += 1;
    this.#waiting.set(this.#lastId, {
      op,
      body: { ...body },
      answer,
      isRepeatable,
      deadline,
      onAnswer,
      isSent: false,
    });
    this.#pump();
    this.#wake();
    // The server is trusted to answer what the table of operations says.
    return answer.promise as Promise<OperationResponse<Name>>;
  }

  async answered(transaction: Transaction, { id, body }: ResponseFrame): Promise<void> {
    await this.#waiting.get(id)?.onAnswer?.(transaction, body);
    transaction.afterwards(() => {
      this.#take(id)?.answer.resolve(body);
      this.#pump();
    });
  }

  /** False when the refused frame was no request. */
  refused(frame: RefusedFrame): boolean {
    if (frame.id === undefined || frame.of !== 'request') return false;
    const waiting = this.#take(frame.id);
    waiting?.answer.reject(errorOf(frame));
    this.#pump();
    return waiting !== undefined;
  }

  connected(): void {
    this.#pump();
  }

  /** @param forGood nobody will connect again by himself */
  disconnected(forGood: boolean): void {
    this.#unanswered = 0;
    for (const [id, waiting] of [...this.#waiting]) {
      if (forGood || (waiting.isSent && !waiting.isRepeatable)) {
        this.#waiting.delete(id);
        waiting.answer.reject(unavailable('The connection was lost.'));
      } else waiting.isSent = false;
    }
    this.#wake();
  }

  #pump(): void {
    if (!this.#link.online) return;
    for (const [id, waiting] of this.#waiting) {
      if (this.#unanswered >= limits.requestWindow) return;
      if (waiting.isSent) continue;
      waiting.isSent = true;
      this.#unanswered += 1;
      this.#link.send({ t: 'request', id, op: waiting.op, body: waiting.body });
    }
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return undefined;
    this.#waiting.delete(id);
    if (waiting.isSent) this.#unanswered -= 1;
    this.#wake();
    return waiting;
  }

  #expire(): void {
    const now = this.#clock.now();
    for (const [id, { deadline, answer }] of [...this.#waiting]) {
      if (deadline > now) continue;
      this.#take(id);
      answer.reject(unavailable('The server did not answer in time.'));
    }
    this.#pump();
    this.#wake();
  }

  #wake(): void {
    let next = Number.POSITIVE_INFINITY;
    for (const { deadline } of this.#waiting.values()) next = Math.min(next, deadline);
    if (next === Number.POSITIVE_INFINITY) this.#timer.clear();
    else this.#timer.setTo(next);
  }
}

function unavailable(message: string): StoaError {
  return new StoaError('UNAVAILABLE', message, { hint: 'Ask again when the client is online.' });
}

const defaultTimeoutMs = 30_000;
