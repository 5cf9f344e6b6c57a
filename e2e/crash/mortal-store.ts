import type { Change, LocalStore } from '@stoa/client';
import { keyOf } from './naming.ts';
import { keptRecord, type Observation, storedConversation } from './observation.ts';

/** When a device dies: at once, or at its next commit, just before it or just after. */
export type CrashPoint = 'now' | 'before-commit' | 'after-commit';

/**
 * A local store whose owner can be killed. From the moment of death nothing that the owner does has an effect and
 * nothing it waits for comes, as if its process were gone; what was committed is in the file. All that is committed is
 * observed before the owner learns of it.
 */
export class MortalStore implements LocalStore {
  readonly #store: LocalStore;
  readonly #observe: (observation: Observation) => void;
  readonly #onDeath: () => void;
  /** Keys of the messages in the outbox, by conversation and order. */
  readonly #outbox = new Map<string, string>();
  #point: CrashPoint | undefined;
  #isDead = false;
  #isClosed = false;

  constructor(store: LocalStore, observe: (observation: Observation) => void, onDeath: () => void) {
    this.#store = store;
    this.#observe = observe;
    this.#onDeath = onDeath;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  crash(point: CrashPoint): void {
    if (point === 'now') this.#die();
    else this.#point ??= point;
  }

  async open(onLost: (reason: string) => void): ReturnType<LocalStore['open']> {
    // A client opens its store again when it is asked for something after its end; here the next life has it.
    if (this.#isDead || this.#isClosed) return never();
    const snapshot = await this.#store.open(onLost);
    for (const { conversation, order, localId, event } of snapshot.outbox) {
      if (event === undefined) this.#outbox.set(placeOf(conversation, order), keyOf(localId));
    }
    this.#observe({ what: 'opened', conversations: snapshot.conversations.map(storedConversation) });
    return snapshot;
  }

  async apply(changes: readonly Change[]): Promise<void> {
    if (this.#point === 'before-commit') this.#die();
    if (this.#isDead) return never();
    // The store commits within this call: nothing can come between.
    const applied = this.#store.apply(changes);
    for (const observation of this.#observationsOf(changes)) this.#observe(observation);
    if (this.#point === 'after-commit') this.#die();
    await applied;
    if (this.#isDead) return never();
  }

  message(...[conversation, order]: Parameters<LocalStore['message']>): ReturnType<LocalStore['message']> {
    return this.#isDead ? never() : this.#store.message(conversation, order);
  }

  messages(...[conversation, range]: Parameters<LocalStore['messages']>): ReturnType<LocalStore['messages']> {
    return this.#isDead ? never() : this.#store.messages(conversation, range);
  }

  disappearing(...[limit]: Parameters<LocalStore['disappearing']>): ReturnType<LocalStore['disappearing']> {
    return this.#isDead ? never() : this.#store.disappearing(limit);
  }

  profiles(...[users]: Parameters<LocalStore['profiles']>): ReturnType<LocalStore['profiles']> {
    return this.#isDead ? never() : this.#store.profiles(users);
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return this.#isDead ? never() : this.#store.close();
  }

  #die(): void {
    if (this.#isDead) return;
    this.#isDead = true;
    // The operating system would close the file and so release its lock.
    this.#store.close();
    this.#onDeath();
  }

  *#observationsOf(changes: readonly Change[]): Iterable<Observation> {
    const left = new Set<string>();
    const put = new Set<string>();
    for (const change of changes) {
      if ('put' in change && change.put === 'conversation') {
        yield { what: 'stored', conversation: storedConversation(change.record) };
      } else if ('put' in change && change.put === 'message') {
        const { conversation, order, localId, pending, event } = change.record;
        if (event === undefined) put.add(keyOf(localId));
        if (pending === undefined) continue;
        if (event === undefined) this.#outbox.set(placeOf(conversation, order), keyOf(localId));
        yield* keptRecord(change.record);
      } else if ('remove' in change && change.remove === 'messages') {
        const place = placeOf(change.conversation, change.from);
        const key = this.#outbox.get(place);
        this.#outbox.delete(place);
        if (key !== undefined) left.add(key);
      }
    }
    // One that got its place, or failed, left the outbox only to be put elsewhere.
    for (const key of left) if (!put.has(key)) yield { what: 'dropped', key };
  }
}

function placeOf(conversation: string, order: number): string {
  return `${conversation} ${order}`;
}

const never = <T>(): Promise<T> => new Promise(() => {});
