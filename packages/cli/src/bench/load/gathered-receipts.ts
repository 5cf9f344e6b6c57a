/** What a device received of groups, acknowledged as packages/client does: at once after silence, else gathered. */
export class GatheredReceipts {
  readonly #send: (receipts: readonly object[]) => void;
  readonly #newest = new Map<number, number>();
  #messages = 0;
  #sentAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(send: (receipts: readonly object[]) => void) {
    this.#send = send;
  }

  add(conv: number, seq: number): void {
    this.#newest.set(conv, seq);
    this.#messages += 1;
  }

  sendWhenDue(): void {
    const wait = this.#sentAt + gatherMs - performance.now();
    if (wait <= 0 || this.#messages >= gatheredAtMost) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), wait);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#newest.clear();
    this.#messages = 0;
  }

  #flush(): void {
    const receipts = [...this.#newest].map(([conv, seq]) => ({ t: 'received', conv, seq }));
    this.clear();
    this.#sentAt = performance.now();
    this.#send(receipts);
  }
}

const gatherMs = 200;
const gatheredAtMost = 16;
