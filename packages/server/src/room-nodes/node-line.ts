import { randomUUID } from 'node:crypto';
import type { Bus, BusEvent, Subscription } from '@stoa/bus';
import { StoaError } from '@stoa/protocol';
import { BoundedMap } from '../bounded-map.ts';
import type { Clock } from '../clock.ts';
import { type NodeLineEvent, subjects } from '../events.ts';

export interface NodeLineOptions {
  readonly node: string;
  readonly bus: Bus;
  readonly clock: Clock;
  /** What another node asks for; must not reject. */
  readonly onAsked: (from: string, body: unknown) => Promise<unknown>;
  /** What another node says. */
  readonly onTold: (from: string, body: unknown) => void;
}

interface Waiting {
  readonly node: string;
  readonly until: number;
  readonly resolve: (body: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Questions from node to node, over the bus. An answer may be lost, or come after it was waited for. */
export class NodeLine {
  readonly #options: NodeLineOptions;
  readonly #waiting = new Map<string, Waiting>();
  /** The bus may repeat an event. */
  readonly #asked = new BoundedMap<string, true>(10_000);
  #subscription: Subscription | undefined;
  #stopTimer = (): void => {};

  constructor(options: NodeLineOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    const { bus, clock, node } = this.#options;
    this.#subscription = await bus.subscribe(subjects.node(node), (event) => this.#take(event));
    this.#stopTimer = clock.every(250, () => this.#expire());
  }

  /** @throws StoaError UNAVAILABLE when no answer comes in time, or what `signal` is aborted with */
  ask(node: string, body: unknown, waitMs: number, signal?: AbortSignal): Promise<unknown> {
    const { bus, clock, node: from } = this.#options;
    const id = randomUUID();
    return new Promise((resolve, reject) => {
      const giveUp = (): void => this.#settle(id)?.reject(signal?.reason);
      if (signal?.aborted === true) return reject(signal.reason);
      signal?.addEventListener('abort', giveUp, { once: true });
      const done = <T>(settle: (value: T) => void) => {
        return (value: T) => {
          signal?.removeEventListener('abort', giveUp);
          settle(value);
        };
      };
      const until = clock.now() + waitMs;
      this.#waiting.set(id, { node, until, resolve: done(resolve), reject: done(reject) });
      const event: NodeLineEvent = { type: 'node-ask', id, from, body };
      bus.publish(subjects.node(node), event);
    });
  }

  tell(node: string, body: unknown): void {
    const event: NodeLineEvent = { type: 'node-tell', from: this.#options.node, body };
    this.#options.bus.publish(subjects.node(node), event);
  }

  close(): void {
    this.#stopTimer();
    this.#subscription?.unsubscribe();
    for (const id of [...this.#waiting.keys()]) this.#settle(id)?.reject(unanswered());
  }

  #take(given: BusEvent): void {
    const { bus, onAsked, onTold } = this.#options;
    const event = given as NodeLineEvent;
    switch (event.type) {
      case 'node-ask': {
        const { id, from, body } = event;
        if (this.#asked.get(id) !== undefined) return;
        this.#asked.set(id, true);
        onAsked(from, body).then((answer) => {
          const answered: NodeLineEvent = { type: 'node-answer', id, body: answer };
          bus.publish(subjects.node(from), answered);
        });
        return;
      }
      case 'node-answer':
        this.#settle(event.id)?.resolve(event.body);
        return;
      case 'node-tell':
        onTold(event.from, event.body);
        return;
    }
  }

  #expire(): void {
    const now = this.#options.clock.now();
    for (const [id, { until }] of this.#waiting) if (now >= until) this.#settle(id)?.reject(unanswered());
  }

  #settle(id: string): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}

function unanswered(): StoaError {
  return new StoaError('UNAVAILABLE', 'The node that the room is at did not answer.');
}
