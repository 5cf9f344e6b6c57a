import { useSyncExternalStore } from 'react';

/** A value with subscribers, in the shape that useSyncExternalStore reads. */
export interface ReadonlyLive<T> {
  readonly get: () => T;
  readonly subscribe: (listener: () => void) => () => void;
}

export class Live<T> implements ReadonlyLive<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  readonly get = (): T => this.#value;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of [...this.#listeners]) listener();
  }
}

export function useLive<T>(live: ReadonlyLive<T>): T {
  return useSyncExternalStore(live.subscribe, live.get);
}

/** A part of the value: renders again only when the part changes. `select` returns what is there, it makes nothing. */
export function useLivePart<T, P>(live: ReadonlyLive<T>, select: (value: T) => P): P {
  return useSyncExternalStore(live.subscribe, () => select(live.get()));
}
