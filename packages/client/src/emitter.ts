/** Tells listeners what happens. One that throws disturbs neither the others nor who tells. */
export class Emitter<Events extends { [Name in keyof Events]: unknown[] }> {
  readonly #listeners: { [Name in keyof Events]?: Set<(...args: Events[Name]) => void> } = {};
  readonly #onError: (event: keyof Events, error: unknown) => void;

  /** @param onError a listener of the event threw an error */
  constructor(onError: (event: keyof Events, error: unknown) => void) {
    this.#onError = onError;
  }

  hasListeners(event: keyof Events): boolean {
    return (this.#listeners[event]?.size ?? 0) > 0;
  }

  /** Calls `listener` at every event until the returned function is called. */
  on<Name extends keyof Events>(event: Name, listener: (...args: Events[Name]) => void): () => void {
    const listeners = this.#listeners[event] ?? new Set();
    this.#listeners[event] = listeners;
    // A wrapper, so that one function can be registered twice and removed once.
    const registered = (...args: Events[Name]): void => listener(...args);
    listeners.add(registered);
    return () => {
      listeners.delete(registered);
    };
  }

  emit<Name extends keyof Events>(event: Name, ...args: Events[Name]): void {
    // A copy: who is added by a listener hears of the next event.
    for (const listener of [...(this.#listeners[event] ?? [])]) {
      try {
        listener(...args);
      } catch (error) {
        this.#onError(event, error);
      }
    }
  }
}
