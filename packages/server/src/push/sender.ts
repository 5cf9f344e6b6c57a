import type { PushRegistration, PushStore } from '@stoa/storage';
import { BoundedMap } from '../bounded-map.ts';
import type { Clock } from '../clock.ts';
import { Lane } from './lane.ts';
import type { PushNote } from './note.ts';
import type { PushOutcome, PushProvider } from './provider.ts';

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
 * after a while when the push service is busy. What does not fit into the queue is dropped: a push is a hint, the message
 * itself is in the log. What rings goes first, and waits for no messages: it has slots and places of its own.
 */
export class Sender {
  readonly #options: SenderOptions;
  #ready: Waiting[] = [];
  #later: Waiting[] = [];
  readonly #underWay = new Set<Promise<void>>();
  readonly #messages = new Lane({ perUser: 4, perDevice: 2, placesPerUser: 200 });
  readonly #calls = new Lane({ perUser: 8, perDevice: 2, placesPerUser: 200 });
  /** The last note of each device and topic, until it has been sent: an older one is not tried again. */
  readonly #latest = new Map<string, Pick<Waiting, 'made' | 'registration' | 'note'>>();
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
      if (providerOf(registration.provider) === undefined || this.#isFull(note)) continue;
      const key = keyOf(registration, note);
      const superseded = this.#latest.get(key);
      if (superseded !== undefined) this.#forget(superseded);
      const { places } = this.#laneOf(note);
      if (!places.hasRoom(uid)) continue;
      places.take(uid);
      const made = { at: now };
      this.#unsent.add(made);
      const until = now + note.seconds * 1_000;
      const entry: Waiting = { made, registration, note, tries: 0, notBefore: now, until };
      this.#latest.set(key, entry);
      this.#makeReady(entry);
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
    const isWanted = (entry: Waiting): boolean => {
      const isOver = entry.until < now || !this.#isLatest(entry);
      if (isOver) this.#forget(entry);
      return !isOver;
    };
    this.#ready = this.#ready.filter(isWanted);
    const later = this.#later.filter(isWanted);
    this.#later = later.filter((entry) => !isDue(entry));
    for (const entry of later.filter(isDue)) this.#makeReady(entry);
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
    for (;;) {
      const entry = this.#next();
      if (entry === undefined) return;
      const pausedUntil = this.#paused.get(entry.registration.provider) ?? 0;
      if (!this.#isLatest(entry) || entry.until < now) this.#forget(entry);
      else if (pausedUntil > now) this.#later.push({ ...entry, notBefore: pausedUntil });
      else this.#begin(entry);
    }
  }

  /** What rings comes before all messages. */
  #makeReady(entry: Waiting): void {
    if (isCall(entry.note)) this.#ready.unshift(entry);
    else this.#ready.push(entry);
  }

  /** Takes out the first note for a device, and a user, for whom not too many are under way. */
  #next(): Waiting | undefined {
    const underWay = this.#underWay.size;
    const [first] = this.#ready;
    if (first === undefined || underWay >= mostAtOnce(first.note)) return undefined;
    const place = this.#ready.findIndex(
      ({ registration, note }) => underWay < mostAtOnce(note) && this.#laneOf(note).hasSlot(registration),
    );
    return place === 0 ? this.#ready.shift() : this.#ready.splice(place, place < 0 ? 0 : 1)[0];
  }

  #laneOf(note: PushNote): Lane {
    return isCall(note) ? this.#calls : this.#messages;
  }

  #begin(entry: Waiting): void {
    const { registration, note } = entry;
    const lane = this.#laneOf(note);
    lane.takeSlot(registration);
    const sending = this.#deliver(entry)
      .catch((error: unknown) => {
        this.#forget(entry);
        this.#options.onError(error);
      })
      .finally(() => {
        this.#underWay.delete(sending);
        lane.giveSlotBack(registration);
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
    if (isOver || this.#isFull(entry.note) || !this.#isLatest(entry)) this.#forget(entry);
    else this.#later.push({ ...entry, tries, notBefore });
  }

  #isFull(note: PushNote): boolean {
    return this.#ready.length + this.#later.length >= mostWaiting(note);
  }

  #isLatest({ made, registration, note }: Pick<Waiting, 'made' | 'registration' | 'note'>): boolean {
    return this.#latest.get(keyOf(registration, note))?.made === made;
  }

  #forget(entry: Pick<Waiting, 'made' | 'registration' | 'note'>): void {
    if (this.#unsent.delete(entry.made)) this.#laneOf(entry.note).places.giveBack(entry.registration.uid);
    if (this.#isLatest(entry)) this.#latest.delete(keyOf(entry.registration, entry.note));
  }
}

const keyOf = ({ dev }: PushRegistration, { topic }: PushNote): string => `${dev}/${topic}`;

const isCall = ({ data }: PushNote): boolean => data.type !== 'message';

/** Notes that wait, and are under way, of all users; messages leave room for what rings. */
const mostWaiting = (note: PushNote): number => (isCall(note) ? 11_000 : 10_000);
const mostAtOnce = (note: PushNote): number => (isCall(note) ? 70 : 50);
const maximumTries = 5;
