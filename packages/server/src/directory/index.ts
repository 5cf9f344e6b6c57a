import type { Store, User } from '@stoa/storage';
import { BoundedMap } from '../bounded-map.ts';

/** What the message path needs to know of a user. */
export interface Person {
  readonly aid: number;
  readonly uid: number;
  readonly address: string;
  readonly name: string;
  readonly removed: boolean;
}

/**
 * Who has which address, cached: every message asks. Users that are not found are not cached, so that one who is
 * created a moment later is found at once. `forget` must be called when a user changes, on every node.
 */
export class Directory {
  readonly #users: Store['users'];
  readonly #uids: BoundedMap<string, number>;
  readonly #byUid: BoundedMap<number, Person>;
  /** Counts calls of forget. */
  #forgotten = 0;

  readonly #hears: () => boolean;

  /** `hears`: whether this node hears of changes on other nodes. */
  constructor(users: Store['users'], hears: () => boolean = () => true, capacity = 100_000) {
    this.#users = users;
    this.#hears = hears;
    this.#uids = new BoundedMap(capacity);
    this.#byUid = new BoundedMap(capacity);
  }

  /** Answers at once when the user is cached, so that a run of messages keeps its order without waiting. */
  byAddress(aid: number, address: string): Person | Promise<Person | undefined> {
    const uid = this.#uids.get(addressKey(aid, address));
    const known = uid === undefined || !this.#hears() ? undefined : this.#byUid.get(uid);
    // One who was removed is remembered by his number; the address may be somebody else's.
    if (known?.removed === false) return known;
    return this.#remembering(this.#users.findByAddress(aid, address));
  }

  /** Finds removed users too: their messages keep their sender. */
  byUid(uid: number): Person | Promise<Person | undefined> {
    const known = this.#hears() ? this.#byUid.get(uid) : undefined;
    return known ?? this.#remembering(this.#users.find(uid));
  }

  forget(uid: number): void {
    this.#forgotten += 1;
    this.#byUid.delete(uid);
  }

  /** Any user may have changed. */
  forgetAll(): void {
    this.#forgotten += 1;
    this.#byUid.clear();
  }

  async #remembering(reading: Promise<User | undefined>): Promise<Person | undefined> {
    const before = this.#forgotten;
    const user = await reading;
    if (user === undefined) return undefined;
    const { aid, uid, address, name, removed } = user;
    const person: Person = { aid, uid, address, name, removed };
    // What was read before somebody changed may be out of date already.
    if (before !== this.#forgotten) return person;
    this.#byUid.set(uid, person);
    if (!removed) this.#uids.set(addressKey(aid, address), uid);
    return person;
  }
}

function addressKey(aid: number, address: string): string {
  return `${aid}/${address}`;
}
