import { StoaError } from '@stoa/protocol';
import { Emitter } from './emitter.ts';
import type { ClientEvents } from './types.ts';

/** Tells listeners what happens. What they throw becomes a `problem`, and disturbs neither the others nor the client. */
export class Events {
  readonly #emitter = new Emitter<ClientEvents>((event, error) => this.listenerFailed(event, error));
  #observer: ((event: keyof ClientEvents, args: ClientEvents[keyof ClientEvents]) => void) | undefined;

  /** Hands every event to `observer` too, before the listeners. There is one at the most, and it throws nothing. */
  observe(observer: (event: keyof ClientEvents, args: ClientEvents[keyof ClientEvents]) => void): void {
    this.#observer = observer;
  }

  /** Calls `listener` at every event until the returned function is called. */
  on<K extends keyof ClientEvents>(event: K, listener: (...args: ClientEvents[K]) => void): () => void {
    return this.#emitter.on(event, listener);
  }

  emit<K extends keyof ClientEvents>(event: K, ...args: ClientEvents[K]): void {
    this.#observer?.(event, args);
    const isUnheard = this.#observer === undefined && !this.#emitter.hasListeners(event);
    if (event === 'problem' && isUnheard) console.error(...args);
    this.#emitter.emit(event, ...args);
  }

  /** A listener of this event threw an error. */
  listenerFailed(event: string, cause: unknown): void {
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
