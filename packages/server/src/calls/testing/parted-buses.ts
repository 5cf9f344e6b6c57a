import { type Bus, createInProcessBus } from '@stoa/bus';

/**
 * The buses of two nodes, between which nothing passes while they are parted. When they are joined again, all
 * subscribers are told that they may have missed something.
 */
export class PartedBuses {
  readonly #local: readonly [Bus, Bus];
  readonly #onLost = new Set<() => void>();
  #parted = false;

  constructor(onError: (error: unknown) => void) {
    this.#local = [createInProcessBus({ onError }), createInProcessBus({ onError })];
  }

  of(node: 0 | 1): Bus {
    const isParted = (): boolean => this.#parted;
    const [here, there] = [this.#local[node], this.#local[node === 0 ? 1 : 0]];
    return {
      get connected() {
        return !isParted();
      },
      counts: here.counts,
      publish: (subject, event) => {
        here.publish(subject, event);
        if (!this.#parted) there.publish(subject, event);
      },
      subscribe: async (subject, handler, onLost = () => {}) => {
        const subscription = await here.subscribe(subject, handler);
        const tell = (): void => onLost();
        this.#onLost.add(tell);
        return {
          unsubscribe: () => {
            this.#onLost.delete(tell);
            subscription.unsubscribe();
          },
        };
      },
      close: () => here.close(),
    };
  }

  part(): void {
    this.#parted = true;
  }

  join(): void {
    this.#parted = false;
    for (const tell of this.#onLost) tell();
  }
}
