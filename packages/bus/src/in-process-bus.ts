import type { Bus, BusEvent, Subscription } from './bus.ts';

export interface InProcessBusOptions {
  /** Told what a handler threw; the other handlers get their event all the same. Default: `console.error`. */
  readonly onError?: (error: unknown, subject: string) => void;
}

/**
 * The bus of an installation that is one process.
 *
 * Events are delivered in a microtask: after the publisher's own synchronous code, so that `publish` never calls back
 * into its caller, and before the next I/O. What handlers publish is delivered in the same sweep, after what was
 * published before. Events are handed over as they are, not copied.
 *
 * @example
 * const bus = createInProcessBus();
 * const subscription = await bus.subscribe('user.17', (event) => console.log(event.type));
 * bus.publish('user.17', { type: 'message' });
 */
export function createInProcessBus(options?: InProcessBusOptions): Bus {
  return new InProcessHub(options).connect();
}

/** Several nodes in one process (as in tests) share a hub; each has a bus of its own, closed for itself. */
export class InProcessHub {
  readonly #subjects = new Map<string, Set<Handler>>();
  readonly #queue: Delivery[] = [];
  readonly #onError: (error: unknown, subject: string) => void;
  #published = 0;

  constructor(options: InProcessBusOptions = {}) {
    this.#onError = options.onError ?? ((error, subject) => console.error(`A handler of ${subject} failed.`, error));
  }
}
