import type { DeviceStore } from '@stoa/storage';

/** Writes down when devices left, those of about a second together: many leave at once when a network fails. */
export class Sightings {
  readonly #store: Pick<DeviceStore, 'seen'>;
  #left = new Map<number, number>();

  constructor(store: Pick<DeviceStore, 'seen'>) {
    this.#store = store;
  }

  left(dev: number, at: number): void {
    this.#left.set(dev, at);
  }

  /** Called about once a second, and at the end. */
  async flush(): Promise<void> {
    const left = [...this.#left].map(([dev, at]) => ({ dev, at }));
    this.#left = new Map();
    for (let start = 0; start < left.length; start += atOnce) {
      await this.#store.seen(left.slice(start, start + atOnce));
    }
  }
}

const atOnce = 500;
