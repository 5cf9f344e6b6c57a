import type { Change, LocalStore } from '@stoa/client';
import { keyOf, type Observation, storedConversation } from './observation.ts';

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
  #point: CrashPoint | undefined;
  #isDead = false;

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
    if (this.#isDead) return never();
    const snapshot = await this.#store.open(onLost);
    this.#observe({ what: 'opened', conversations: snapshot.conversations.map(storedConversation) });
    return snapshot;
  }

  async apply(changes: readonly Change[]): Promise<void> {
    if (this.#point === 'before-commit') this.#die();
    if (this.#isDead) return never();
    // The store commits within this call: nothing can come between.
    const applied = this.#store.apply(changes);
    for (const observation of observationsOf(changes)) this.#observe(observation);
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

  close(): Promise<void> {
    return this.#isDead ? never() : this.#store.close();
  }

  #die(): void {
    if (this.#isDead) return;
    this.#isDead = true;
    // The operating system would close the file and so release its lock.
    this.#store.close();
    this.#onDeath();
  }
}

function* observationsOf(changes: readonly Change[]): Iterable<Observation> {
  for (const change of changes) {
    if (!('put' in change)) continue;
    if (change.put === 'conversation') {
      yield { what: 'stored', conversation: storedConversation(change.record) };
    } else if (change.put === 'message' && change.record.pending !== undefined) {
      const { conversation, content } = change.record;
      yield { what: 'kept', conversation, text: keyOf(content?.text as string | undefined) };
    }
  }
}

const never = <T>(): Promise<T> => new Promise(() => {});
