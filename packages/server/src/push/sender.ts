import type { PushRegistration, PushStore } from '@stoa/storage';
import type { Clock } from '../clock.ts';
import type { PushNote } from './note.ts';
import { webPush } from './registrations.ts';
import { sendWebPush, type WebPushOptions } from './web-push.ts';

export interface SenderOptions extends WebPushOptions {
  readonly store: PushStore;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

interface Waiting {
  readonly made: { readonly at: number };
  readonly registration: PushRegistration;
  readonly note: PushNote;
  readonly tries: number;
  readonly notBefore: number;
  /** When the note is not worth sending any more. */
  readonly until: number;
}

/**
 * Sends notes to devices in the background: a bounded number at a time, and each again after a while when the push
 * service is busy. What does not fit into the queue is dropped: a push is a hint, the message itself is in the log.
 */
export class Sender {
  readonly #options: SenderOptions;
  #waiting: Waiting[] = [];
  readonly #underWay = new Set<Promise<void>>();
  /** The last note of each device and topic, until it has been sent: an older one is not tried again. */
  readonly #latest = new Map<string, PushNote>();
  /** When each note was made that is not done with, in this order. */
  readonly #unsent = new Set<Waiting['made']>();
  readonly #stopped = new AbortController();

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** To every device of the user that has registered. */
  async send(uid: number, note: PushNote): Promise<void> {
    const { store, clock } = this.#options;
    const now = clock.now();
    for (const registration of await store.list([uid])) {
      if (registration.provider !== webPush || this.#waiting.length >= queueLength) continue;
      const until = now + note.seconds * 1_000;
      this.#latest.set(keyOf(registration, note), note);
      const made = { at: now };
      this.#unsent.add(made);
      this.#waiting.push({ made, registration, note, tries: 0, notBefore: now, until });
    }
    this.tick();
  }

  /** When the oldest note was made that is not done with. */
  get oldestUnsent(): number | undefined {
    for (const { at } of this.#unsent) return at;
    return undefined;
  }

  /** Sends what is due; about once a second. */
  tick(): void {
    const now = this.#options.clock.now();
    const later: Waiting[] = [];
    for (const entry of this.#waiting) {
      if (!this.#isLatest(entry) || entry.until < now) {
        this.#forget(entry);
        continue;
      }
      const isDue = entry.notBefore <= now && this.#underWay.size < atOnce;
      if (!isDue) later.push(entry);
      else this.#begin(entry);
    }
    this.#waiting = later;
  }

  /** Drops what waits, and breaks off what is under way. */
  async close(): Promise<void> {
    this.#waiting = [];
    this.#stopped.abort();
    await Promise.all(this.#underWay);
  }

  #begin(entry: Waiting): void {
    const sending = this.#deliver(entry)
      .then((isDone) => {
        if (isDone) this.#forget(entry);
      })
      .catch((error: unknown) => {
        this.#forget(entry);
        this.#options.onError(error);
      })
      .finally(() => this.#underWay.delete(sending));
    this.#underWay.add(sending);
  }

  #isLatest({ registration, note }: Waiting): boolean {
    return this.#latest.get(keyOf(registration, note)) === note;
  }

  #forget(entry: Waiting): void {
    this.#unsent.delete(entry.made);
    if (this.#isLatest(entry)) this.#latest.delete(keyOf(entry.registration, entry.note));
  }

  /** False when it is to be tried again. */
  async #deliver(entry: Waiting): Promise<boolean> {
    const { registration, note } = entry;
    const answer = await sendWebPush(registration, note, this.#options, this.#stopped.signal).catch(
      () => undefined,
    );
    if (answer !== undefined) {
      const { status } = answer;
      if (status === 404 || status === 410) {
        const { uid, dev, target } = registration;
        await this.#options.store.unregister(uid, dev, target);
        return true;
      }
      if (status < 500 && status !== 429) {
        // No address and no answer in the log: both come from strangers.
        if (status >= 300)
          throw new Error(`A push service refused a notification with the status ${status}.`);
        return true;
      }
    }
    const tries = entry.tries + 1;
    const isFull = this.#waiting.length >= queueLength;
    if (tries >= maximumTries || isFull || this.#stopped.signal.aborted || !this.#isLatest(entry))
      return true;
    const waitMs = Math.max(1_000 * 2 ** tries, (answer?.retryAfter ?? 0) * 1_000);
    this.#waiting.push({ ...entry, tries, notBefore: this.#options.clock.now() + waitMs });
    return false;
  }
}

const keyOf = ({ dev }: PushRegistration, { topic }: PushNote): string => `${dev}/${topic}`;

const queueLength = 10_000;
const atOnce = 50;
const maximumTries = 5;
