import { StoaError } from '@stoa/protocol';
import type { ClientEvents } from './types.ts';

type Listener<K extends keyof ClientEvents> = (...args: ClientEvents[K]) => void;
type Listeners = { [K in keyof ClientEvents]?: Set<Listener<K>> };

/** Tells listeners what happens. One that throws disturbs neither the others nor the client. */
export class Events {
  readonly #listeners: Listeners = {};
  #observer: ((event: keyof ClientEvents, args: ClientEvents[keyof ClientEvents]) => void) | undefined;

  /** Hands every event to `observer` too, before the listeners. There is one at the most, and it throws nothing. */
  observe(observer: (event: keyof ClientEvents, args: ClientEvents[keyof ClientEvents]) => void): void {
    this.#observer = observer;
  }

  /** Calls `listener` at every event until the returned function is called. */
  on<K extends keyof ClientEvents>(event: K, listener: Listener<K>): () => void {
    const listeners: Set<Listener<K>> = this.#listeners[event] ?? new Set();
    (this.#listeners as Record<K, Set<Listener<K>>>)[event] = listeners;
    // A wrapper, so that one function can be registered twice and removed once.
    const registered: Listener<K> = (...args) => listener(...args);
    listeners.add(registered);
    return () => {
      listeners.delete(registered);
    };
  }

  emit<K extends keyof ClientEvents>(event: K, ...args: ClientEvents[K]): void {
    const listeners: ReadonlySet<Listener<K>> | undefined = this.#listeners[event];
    this.#observer?.(event, args);
    const isUnheard = this.#observer === undefined && (listeners === undefined || listeners.size === 0);
    if (event === 'problem' && isUnheard) console.error(...args);
    if (listeners === undefined) return;
    // A copy: who is added by a listener hears of the next event.
    for (const listener of [...listeners]) {
      try {
        listener(...args);
      } catch (error) {
        this.#report(event, error);
      }
    }
  }

  #report(event: keyof ClientEvents, cause: unknown): void {
    if (event === 'problem') {
      console.error(cause);
      return;
    }
    const hint = 'Mend the listener; the cause tells where it failed.';
    this.emit(
      'problem',
      new StoaError('INTERNAL', `A listener of "${event}" threw an error.`, { hint, cause }),
    );
  }
}
