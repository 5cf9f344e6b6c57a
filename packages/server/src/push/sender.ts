import type { PushRegistration, PushStore } from '@stoa/storage';
import { BoundedMap } from '../bounded-map.ts';
import type { Clock } from '../clock.ts';
import type { PushNote } from './note.ts';
import type { PushOutcome, PushProvider } from './provider.ts';
import { Shares } from './shares.ts';

export interface SenderOptions {
  readonly store: Pick<PushStore, 'list' | 'unregister'>;
  readonly clock: Clock;
  /** By the names under which devices register; undefined for one that nothing can be sent to. */
  readonly providerOf: (name: string) => PushProvider | undefined;
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
 * Sends notes to devices in the background: a bounded number at a time, few of them to one user, and each again
 * after a while when the push service is busy. What does not fit into the queue is dropped: a push is a hint, the message itself is in the log.
 */
export class Sender {
  readonly #options: SenderOptions;
  #ready: Waiting[] = [];
  #later: Waiting[] = [];
  readonly #underWay = new Set<Promise<void>>();
  /** Of those under way, and of all that are not done with: a user may have named push services that never answer. */
  readonly #slots = new Shares(atOncePerUser);
  readonly #places = new Shares(queuePerUser);
  /** The last note of each device and topic, until it has been sent: an older one is not tried again. */
  readonly #latest = new Map<string, PushNote>();
  /** When each note was made that is not done with, in this order. */
  readonly #unsent = new Set<Waiting['made']>();
  /** Providers that want nothing more for a while, and until when. Those of a webhook are named by who registers. */
  readonly #paused = new BoundedMap<string, number>(1_000);
  readonly #stopped = new AbortController();

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** To every device of the user that has registered. */
  async send(uid: number, note: PushNote): Promise<void> {
    const { store, clock, providerOf } = this.#options;
    const now = clock.now();
    for (const registration of await store.list([uid])) {
      if (providerOf(registration.provider) === undefined || this.#isFull()) continue;
      if (!this.#places.hasRoom(uid)) continue;
      this.#places.take(uid);
      const made = { at: now };
      this.#unsent.add(made);
      this.#latest.set(keyOf(registration, note), note);
      const until = now + note.seconds * 1_000;
      this.#ready.push({ made, registration, note, tries: 0, notBefore: now, until });
    }
    this.#sendReady();
  }

  /** When the oldest note was made that is not done with. */
  get oldestUnsent(): number | undefined {
    for (const { at } of this.#unsent) return at;
    return undefined;
  }

  /** Sends what is due; about once a second. */
  tick(): void {
    const now = this.#options.clock.now();
    const isDue = ({ notBefore }: Waiting) => notBefore <= now;
    this.#ready = this.#ready.filter((entry) => {
      const isOver = entry.until < now || !this.#isLatest(entry);
      if (isOver) this.#forget(entry);
      return !isOver;
    });
    this.#ready.push(...this.#later.filter(isDue));
    this.#later = this.#later.filter((entry) => !isDue(entry));
    this.#sendReady();
  }

  /** Drops what waits, and breaks off what is under way. */
  async close(): Promise<void> {
    this.#ready = [];
    this.#later = [];
    this.#stopped.abort();
    await Promise.all(this.#underWay);
  }

  #sendReady(): void {
    const now = this.#options.clock.now();
    while (this.#underWay.size < atOnce) {
      const entry = this.#next();
      if (entry === undefined) return;
      const pausedUntil = this.#paused.get(entry.registration.provider) ?? 0;
      if (!this.#isLatest(entry) || entry.until < now) this.#forget(entry);
      else if (pausedUntil > now) this.#later.push({ ...entry, notBefore: pausedUntil });
      else this.#begin(entry);
    }
  }

  /** Takes out the first note for a user for whom not too many are under way. */
  #next(): Waiting | undefined {
    const place = this.#ready.findIndex(({ registration: { uid } }) => this.#slots.hasRoom(uid));
    return place === 0 ? this.#ready.shift() : this.#ready.splice(place, place < 0 ? 0 : 1)[0];
  }

  #begin(entry: Waiting): void {
    const { uid } = entry.registration;
    this.#slots.take(uid);
    const sending = this.#deliver(entry)
      .catch((error: unknown) => {
        this.#forget(entry);
        this.#options.onError(error);
      })
      .finally(() => {
        this.#underWay.delete(sending);
        this.#slots.giveBack(uid);
        this.#sendReady();
      });
    this.#underWay.add(sending);
  }

  async #deliver(entry: Waiting): Promise<void> {
    const { store, providerOf } = this.#options;
    const { registration, note } = entry;
    const { uid, dev, provider, target } = registration;
    const outcome: PushOutcome = (await providerOf(provider)
      ?.send(registration, note, this.#stopped.signal)
      .catch(() => undefined)) ?? { kind: 'busy' };
    if (outcome.kind === 'busy') return this.#again(entry, outcome);
    this.#forget(entry);
    if (outcome.kind === 'gone') await store.unregister(uid, dev, target);
    if (outcome.kind === 'refused') {
      throw new Error(`A push service (${provider}) refused a notification: ${outcome.why}.`);
    }
  }

  #again(entry: Waiting, { seconds = 0, all }: { readonly seconds?: number; readonly all?: true }): void {
    const now = this.#options.clock.now();
    const tries = entry.tries + 1;
    const notBefore = now + Math.max(1_000 * 2 ** tries, seconds * 1_000);
    if (all === true) this.#paused.set(entry.registration.provider, notBefore);
    const isOver = tries >= maximumTries || notBefore > entry.until || this.#stopped.signal.aborted;
    if (isOver || this.#isFull() || !this.#isLatest(entry)) this.#forget(entry);
    else this.#later.push({ ...entry, tries, notBefore });
  }

  #isFull(): boolean {
    return this.#ready.length + this.#later.length >= queueLength;
  }

  #isLatest({ registration, note }: Waiting): boolean {
    return this.#latest.get(keyOf(registration, note)) === note;
  }

  #forget(entry: Waiting): void {
    if (this.#unsent.delete(entry.made)) this.#places.giveBack(entry.registration.uid);
    if (this.#isLatest(entry)) this.#latest.delete(keyOf(entry.registration, entry.note));
  }
}

const keyOf = ({ dev }: PushRegistration, { topic }: PushNote): string => `${dev}/${topic}`;

const queueLength = 10_000;
const queuePerUser = 200;
const atOnce = 50;
const atOncePerUser = 4;
const maximumTries = 5;
