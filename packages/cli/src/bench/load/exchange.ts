import type { LoadEvents } from './wire.ts';

/** What is sent: a text of 100 bytes. */
export const text = 'x'.repeat(100);

/** A message that is on its way: when it was sent, and how many of the signs that it needs have come. */
interface OnItsWay {
  readonly at: number;
  signs: number;
}

/**
 * One sender who keeps a window of messages on their way. A message is done when all its signs have come: that it
 * was acknowledged and, where the receiver is there, that it was received.
 */
export class Exchange {
  readonly #send: (id: number) => void;
  readonly #window: number;
  readonly #signsNeeded: number;
  readonly #open = new Map<number, OnItsWay>();
  #nextId = 1;
  #left = 0;
  #latencies: number[] = [];
  #finish = (): void => {};

  constructor(options: { send: (id: number) => void; window: number; signsNeeded: 1 | 2 }) {
    this.#send = options.send;
    this.#window = options.window;
    this.#signsNeeded = options.signsNeeded;
  }

  /** Resolves to the latency of each message, in milliseconds. */
  run(messages: number): Promise<readonly number[]> {
    this.#left = messages;
    this.#latencies = [];
    return new Promise((resolve) => {
      this.#finish = () => resolve(this.#latencies);
      for (let count = 0; count < this.#window; count += 1) this.#sendOne();
    });
  }

  /** Call it for each sign of a message that comes. */
  readonly sign: LoadEvents['acknowledged'] = (id) => {
    const message = this.#open.get(id);
    if (message === undefined) return;
    message.signs += 1;
    if (message.signs < this.#signsNeeded) return;
    this.#open.delete(id);
    this.#latencies.push(performance.now() - message.at);
    if (this.#left > 0) this.#sendOne();
    else if (this.#open.size === 0) this.#finish();
  };

  #sendOne(): void {
    if (this.#left === 0) return;
    this.#left -= 1;
    const id = this.#nextId;
    this.#nextId += 1;
    this.#open.set(id, { at: performance.now(), signs: 0 });
    this.#send(id);
  }
}

export const nothing = (): void => {};
