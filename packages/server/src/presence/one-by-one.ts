/** Looks at many things one after the other, so that the store can do something else meanwhile. */
export class OneByOne<Item> {
  readonly #look: (item: Item) => Promise<void>;
  readonly #onError: (error: unknown) => void;
  readonly #waiting = new Set<Item>();
  #isLooking = false;

  constructor(look: (item: Item) => Promise<void>, onError: (error: unknown) => void) {
    this.#look = look;
    this.#onError = onError;
  }

  /** What waits already is looked at once. */
  add(item: Item): void {
    this.#waiting.add(item);
    if (!this.#isLooking) this.#lookAtAll();
  }

  forget(item: Item): void {
    this.#waiting.delete(item);
  }

  async #lookAtAll(): Promise<void> {
    this.#isLooking = true;
    for (const item of this.#waiting) {
      this.#waiting.delete(item);
      try {
        await this.#look(item);
      } catch (error) {
        this.#onError(error);
      }
    }
    this.#isLooking = false;
  }
}
