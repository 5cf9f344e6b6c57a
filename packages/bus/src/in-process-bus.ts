import type { Bus, BusEvent } from './bus.ts';

export interface InProcessBusOptions {
  /** Told what a handler threw; the other handlers get the event all the same. Must not throw itself. Default: `console.error`. */
  readonly onError?: (error: unknown, subject: string) => void;
}

/**
 * The bus of an installation that is one process.
 *
 * Events are delivered in a microtask: after the code that published them has run to its end, so that `publish` never
 * calls back into its caller, and before the next I/O. Nothing is lost or repeated, and the order is that of
 * publishing, over all subjects. Events are handed over as they are, not copied.
 *
 * @example
 * const bus = createInProcessBus();
 * const subscription = await bus.subscribe('user.17', (event) => console.log(event.type));
 * bus.publish('user.17', { type: 'message' });
 * await bus.close();
 */
export function createInProcessBus(options?: InProcessBusOptions): Bus {
  return new InProcessHub(options).connect();
}

/** Joins several nodes that run in one process, as they do in tests. */
export class InProcessHub {
  /** The lists are replaced, not changed: one that is being gone through stays as it is. */
  readonly #subjects = new Map<string, readonly Subscriber[]>();
  readonly #onError: (error: unknown, subject: string) => void;
  #waiting: Delivery[] = [];
  #published = 0;

  constructor(options: InProcessBusOptions = {}) {
    this.#onError = options.onError ?? reportToConsole;
  }

  /** A bus for one node: closing it leaves the others as they are. */
  connect(): Bus {
    const own = new Set<Subscriber>();
    let closed = false;
    return {
      connected: true,
      counts: nobodyElse,
      publish: (subject, event) => {
        if (!closed) this.#publish(subject, event);
      },
      subscribe: async (subject, handler) => {
        if (closed) throw new Error('The bus is closed.');
        const subscriber: Subscriber = { subject, handler, since: this.#published, ended: false };
        this.#add(subscriber);
        own.add(subscriber);
        return {
          unsubscribe: () => {
            this.#remove(subscriber);
            own.delete(subscriber);
          },
        };
      },
      close: async () => {
        closed = true;
        for (const subscriber of own) this.#remove(subscriber);
        own.clear();
      },
    };
  }

  #publish(subject: string, event: BusEvent): void {
    this.#published += 1;
    const subscribers = this.#subjects.get(subject);
    if (subscribers === undefined) return;
    this.#waiting.push({ subscribers, event, number: this.#published });
    if (this.#waiting.length === 1) queueMicrotask(() => this.#deliver());
  }

  #deliver(): void {
    const deliveries = this.#waiting;
    this.#waiting = [];
    for (const { subscribers, event, number } of deliveries) {
      for (const subscriber of subscribers) {
        if (subscriber.since < number && !subscriber.ended) this.#handOver(subscriber, event);
      }
    }
  }

  #handOver({ handler, subject }: Subscriber, event: BusEvent): void {
    try {
      handler(event);
    } catch (error) {
      this.#onError(error, subject);
    }
  }

  #add(subscriber: Subscriber): void {
    const { subject } = subscriber;
    this.#subjects.set(subject, [...(this.#subjects.get(subject) ?? []), subscriber]);
  }

  #remove(subscriber: Subscriber): void {
    subscriber.ended = true;
    const { subject } = subscriber;
    const others = (this.#subjects.get(subject) ?? []).filter((other) => other !== subscriber);
    if (others.length === 0) this.#subjects.delete(subject);
    else this.#subjects.set(subject, others);
  }
}

interface Subscriber {
  readonly subject: string;
  readonly handler: (event: BusEvent) => void;
  /** Number of the last event that was published before it subscribed. */
  readonly since: number;
  ended: boolean;
}

interface Delivery {
  readonly subscribers: readonly Subscriber[];
  readonly event: BusEvent;
  /** Its place among all that were published. */
  readonly number: number;
}

const nobodyElse = { sent: 0, received: 0, dropped: 0 };

function reportToConsole(error: unknown, subject: string): void {
  console.error(`A handler of "${subject}" failed.`, error);
}
