export interface HeadCountOptions {
  /** How many are seen, by a user who sees everybody. */
  readonly seen: () => number | undefined;
  readonly onChanged: (count: number) => void;
}

/** How many are in a room: as many as are seen, or as the server says to those who do not see everybody. */
export class HeadCount {
  readonly #options: HeadCountOptions;
  #said: number;
  #told: number;

  constructor(said: number, options: HeadCountOptions) {
    this.#options = options;
    this.#said = said;
    this.#told = said;
  }

  get value(): number {
    return this.#options.seen() ?? this.#said;
  }

  say(count: number): void {
    this.#said = count;
    this.look();
  }

  /** Somebody may have come or gone. */
  look(): void {
    const { value } = this;
    if (value === this.#told) return;
    this.#told = value;
    this.#options.onChanged(value);
  }
}
