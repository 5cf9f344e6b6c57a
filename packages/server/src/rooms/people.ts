import { OrderedMap, OrderedSet } from 'immutable';
import type { Participant, ParticipantKey } from './room-state.ts';

/**
 * Who is in a room, in the order in which they have joined. It never changes: what is put or removed makes another one,
 * which shares with it all that is the same, so that neither costs more when there are thousands.
 */
export class People {
  static readonly none = new People(OrderedMap(), OrderedSet(), OrderedSet());

  readonly #all: OrderedMap<ParticipantKey, Participant>;
  /** Who see everybody. */
  readonly #overseers: OrderedSet<ParticipantKey>;
  /** Whom everybody sees who watches. */
  readonly #publishers: OrderedSet<ParticipantKey>;

  private constructor(
    all: OrderedMap<ParticipantKey, Participant>,
    overseers: OrderedSet<ParticipantKey>,
    publishers: OrderedSet<ParticipantKey>,
  ) {
    this.#all = all;
    this.#overseers = overseers;
    this.#publishers = publishers;
  }

  get size(): number {
    return this.#all.size;
  }

  get(key: ParticipantKey): Participant | undefined {
    return this.#all.get(key);
  }

  has(key: ParticipantKey): boolean {
    return this.#all.has(key);
  }

  values(): IterableIterator<Participant> {
    return this.#all.values();
  }

  keys(): IterableIterator<ParticipantKey> {
    return this.#all.keys();
  }

  /** Those who see everybody, without looking at the others. */
  overseers(): Participant[] {
    return this.#these(this.#overseers);
  }

  /** Those who publish, without looking at the others. */
  publishers(): Participant[] {
    return this.#these(this.#publishers);
  }

  put(participant: Participant): People {
    const { key, streams } = participant;
    return new People(
      this.#all.set(key, participant),
      withOrWithout(this.#overseers, key, isOverseer(participant)),
      withOrWithout(this.#publishers, key, streams.length > 0),
    );
  }

  remove(key: ParticipantKey): People {
    return new People(this.#all.delete(key), this.#overseers.delete(key), this.#publishers.delete(key));
  }

  #these(keys: OrderedSet<ParticipantKey>): Participant[] {
    return [...keys].flatMap((key) => this.#all.get(key) ?? []);
  }
}

/** Whether somebody sees also those who only watch. */
export function isOverseer({ rights }: Pick<Participant, 'rights'>): boolean {
  return rights.has('list') || rights.has('control');
}

function withOrWithout(
  keys: OrderedSet<ParticipantKey>,
  key: ParticipantKey,
  isIn: boolean,
): OrderedSet<ParticipantKey> {
  return isIn ? keys.add(key) : keys.delete(key);
}
