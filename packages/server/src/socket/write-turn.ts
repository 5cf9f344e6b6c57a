import { OutgoingFrames } from './outgoing-frames.ts';

/** Something that has data to write at the end of the turn. */
interface Flushable {
  flush(): void;
}

/**
 * Collects the connections that were written to in this turn of the event loop and flushes each once at its end:
 * the system call per socket is what writing costs, so what a socket gets in one turn goes out in one.
 */
export class WriteTurn {
  /** What the connections that are flushed one after the other have in common. */
  readonly frames = new OutgoingFrames();
  #dirty: Flushable[] = [];

  /** Called once per connection and turn. */
  add(connection: Flushable): void {
    if (this.#dirty.push(connection) === 1) setImmediate(this.#flush);
  }

  readonly #flush = (): void => {
    const dirty = this.#dirty;
    this.#dirty = [];
    for (const connection of dirty) connection.flush();
    this.frames.forget();
  };
}
