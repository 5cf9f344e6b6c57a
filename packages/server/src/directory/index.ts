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
  readonly #byAddress: BoundedMap<string, Person>;
  readonly #byUid: BoundedMap<number, Person>;

  constructor(users: Store['users'], capacity = 100_000) {
    this.#users = users;
    this.#byAddress = new BoundedMap(capacity);
    this.#byUid = new BoundedMap(capacity);
  }

  /** Answers at once when the user is cached, so that a run of messages keeps its order without waiting. */
  byAddress(aid: number, address: string): Person | Promise<Person | undefined> {
    return (
      this.#byAddress.get(addressKey(aid, address)) ??
      this.#users.findByAddress(aid, address).then((user) => this.#remember(user))
    );
  }

  /** Finds removed users too: their messages keep their sender. */
  byUid(uid: number): Person | Promise<Person | undefined> {
    return this.#byUid.get(uid) ?? this.#users.find(uid).then((user) => this.#remember(user));
  }

  forget(uid: number): void {
    const person = this.#byUid.get(uid);
    if (person === undefined) return;
    this.#byUid.delete(uid);
    this.#byAddress.delete(addressKey(person.aid, person.address));
  }

  #remember(user: User | undefined): Person | undefined {
    if (user === undefined) return undefined;
    const { aid, uid, address, name, removed } = user;
    const person: Person = { aid, uid, address, name, removed };
    this.#byUid.set(uid, person);
    if (!removed) this.#byAddress.set(addressKey(aid, address), person);
    return person;
  }
}

function addressKey(aid: number, address: string): string {
  return `${aid}/${address}`;
}
