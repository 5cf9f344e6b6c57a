import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import type { App, ConversationKey, NewMessage, Store, User } from '../store.ts';

/** A store of its own on an empty database. */
export interface StoreUnderTest {
  readonly store: Store;
  /** Closes the store (if it is open) and opens another on the same data. */
  reopen(): Promise<Store>;
  /** Closes what is open and removes the data. */
  cleanup(): Promise<void>;
}

export type OpenStore = () => Promise<StoreUnderTest>;

/** Opens one store for all tests of the surrounding `describe`; each test makes an app of its own. */
export function useStore(open: OpenStore): { readonly store: Store } {
  let opened: StoreUnderTest | undefined;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(async () => {
    await opened?.cleanup();
  });
  return {
    get store(): Store {
      if (opened === undefined) throw new Error('The store is open only while tests run.');
      return opened.store;
    },
  };
}

/** The time of everything in these tests that has no reason to be at another. */
export const now = 1_700_000_000_000;

/** What a real hash looks like: different each time. */
export const randomHash = (): Uint8Array => new Uint8Array(randomBytes(32));

export function newApp(store: Store): Promise<App> {
  return store.apps.create({ name: 'test', tokenHash: randomHash(), now });
}

export async function newUser(store: Store, aid: number, address: string): Promise<User> {
  return (await store.users.upsert({ aid, address, now })).user;
}

/** Two users of a new app, with a device each, and the key of their conversation. */
export async function newPair(store: Store) {
  const { aid } = await newApp(store);
  const [alice, bob] = [await newUser(store, aid, 'alice'), await newUser(store, aid, 'bob')];
  const conversation: ConversationKey = { kind: 'pair', aid, a: alice.uid, b: bob.uid };
  return {
    aid,
    alice: alice.uid,
    bob: bob.uid,
    aliceDevice: await newDevice(store, alice.uid),
    bobDevice: await newDevice(store, bob.uid),
    conversation,
  };
}

/** The number of a new device that has named no position yet. */
export async function newDevice(store: Store, uid: number): Promise<number> {
  const id = randomBytes(12).toString('hex');
  return (await store.devices.open({ uid, id, agent: 'test', position: undefined, now })).dev;
}

/** A message of which only the interesting fields are named. */
export function newMessage(
  fields: Pick<NewMessage, 'conversation' | 'sender'> & Partial<NewMessage>,
): NewMessage {
  return {
    dev: 0,
    id: null,
    ts: now,
    type: 0,
    flags: 0,
    localId: 0,
    ref: null,
    expiresAt: 0,
    content: bytes('hello'),
    ...fields,
  };
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
