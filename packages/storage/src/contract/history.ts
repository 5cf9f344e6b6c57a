import { expect } from 'vitest';
import type { ConversationForDevice, CursorAdvance, Store } from '../store.ts';
import { conversationName, LogModel } from './log-model.ts';
import { newApp, newMessage, newUser, now } from './store-under-test.ts';

/** Users and devices are named by their index, 0 to 2 and 0 to 1. */
export type Action =
  | { do: 'append'; from: number; to: number; device: number; id: number | null }
  | { do: 'advance'; user: number; with: number; device: number; kind: CursorAdvance['kind']; seq: number }
  | { do: 'reconnect'; user: number; device: number; naming: 'the newest' | 'an older' | 'no' }
  | { do: 'catch up'; user: number; device: number; pageSize: number };

const deviceIds = ['phone', 'laptop'];

/** What a client knows of its conversations, by name, and up to which position. */
interface Replica {
  readonly dev: number;
  position: number;
  known: Map<string, Known>;
}

/** Without `received`: a device is not told by changes what it has acknowledged itself. */
type Known = Omit<ConversationForDevice, 'conv' | 'key' | 'received'>;

const toKnown = ({ last, lastAt, own, peer }: Known): Known => ({ last, lastAt, own, peer });

/** Plays actions to a store and to the model, and compares what they say. */
export class History {
  readonly #store: Store;
  readonly #aid: number;
  readonly #uids: readonly number[];
  readonly #replicas: readonly (readonly Replica[])[];
  readonly #model = new LogModel();
  /** Ids that the store gave to conversations, by name. */
  readonly #convs = new Map<string, number>();
  #time = now;

  private constructor(store: Store, aid: number, uids: number[], replicas: Replica[][]) {
    this.#store = store;
    this.#aid = aid;
    this.#uids = uids;
    this.#replicas = replicas;
  }

  static async begin(store: Store): Promise<History> {
    const { aid } = await newApp(store);
    const uids: number[] = [];
    const replicas: Replica[][] = [];
    for (const address of ['a', 'b', 'c']) {
      const { uid } = await newUser(store, aid, address);
      const devices: Replica[] = [];
      for (const id of deviceIds) {
        const { dev } = await store.devices.open({ uid, id, agent: 'test', position: undefined, now });
        devices.push({ dev, position: 0, known: new Map() });
      }
      uids.push(uid);
      replicas.push(devices);
    }
    return new History(store, aid, uids, replicas);
  }

  async play(actions: readonly Action[]): Promise<void> {
    await Promise.all(actions.map((action) => this.#do(action)));
  }

  #do(action: Action): Promise<void> {
    switch (action.do) {
      case 'append':
        return this.#append(action);
      case 'advance':
        return this.#advance(action);
      case 'reconnect':
        return this.#reconnect(action);
      case 'catch up':
        return this.#catchUp(action);
    }
  }

  async #append({ from, to, device, id }: Of<'append'>): Promise<void> {
    const [sender, peer] = [this.#uid(from), this.#uid(to)];
    const { dev } = this.#replica(from, device);
    const ts = this.#tick();
    const expected = this.#model.append({ a: sender, b: peer, sender, dev, id, ts });
    const conversation = { kind: 'pair', aid: this.#aid, a: sender, b: peer } as const;
    const {
      conv,
      mid,
      epoch: _,
      ...result
    } = await this.#store.log.append(newMessage({ conversation, sender, dev, id, ts }));
    expect(result).toEqual(expected);
    const found = await this.#store.log.find(mid);
    expect(found).toMatchObject({ conv, seq: expected.seq, ts: expected.ts, sender });
    if (!expected.duplicate) this.#convs.set(conversationName(sender, peer), conv);
  }

  async #advance({ user, with: other, device, kind, seq }: Of<'advance'>): Promise<void> {
    const uid = this.#uid(user);
    const name = conversationName(uid, this.#uid(other));
    const conv = this.#convs.get(name);
    if (conv === undefined) return;
    const advance = { uid, dev: this.#replica(user, device).dev, kind, seq, now: this.#tick() };
    const expected = this.#model.advance(name, advance);
    expect(await this.#store.cursors.advance({ conv, ...advance })).toEqual(expected);
  }

  async #reconnect({ user, device, naming }: Of<'reconnect'>): Promise<void> {
    const replica = this.#replica(user, device);
    if (naming === 'no') Object.assign(replica, { position: 0, known: new Map() });
    if (naming === 'an older') replica.position = Math.max(0, replica.position - 1);
    const position = naming === 'no' ? undefined : replica.position;
    this.#model.openDevice(replica.dev, position);
    const uid = this.#uid(user);
    const id = deviceIds[device] ?? '';
    const { dev } = await this.#store.devices.open({ uid, id, agent: 'test', position, now: this.#tick() });
    expect(dev).toBe(replica.dev);
  }

  /** As a server does for a device: page by page, and then the replica must know what the model knows. */
  async #catchUp({ user, device, pageSize }: Of<'catch up'>): Promise<void> {
    const uid = this.#uid(user);
    const replica = this.#replica(user, device);
    const query = { uid, dev: replica.dev, position: replica.position, limit: pageSize };
    let page = await this.#store.cursors.changed(query);
    replica.position = page.position;
    for (let pages = 0; page.conversations.length > 0; pages++) {
      expect(pages).toBeLessThan(10);
      for (const conversation of page.conversations)
        replica.known.set(nameOf(conversation), toKnown(conversation));
      const before = page.conversations.at(-1);
      page = await this.#store.cursors.changed({ ...query, ...(before && { before }) });
    }
    expect(replica.known).toEqual(this.#known(uid));
  }

  async check(): Promise<void> {
    for (const [name, conversation] of this.#model.conversations) {
      const conv = this.#convs.get(name) ?? 0;
      const messages = await this.#store.log.read(conv, { after: 0, limit: 1000 });
      expect(messages.map(({ seq, sender, ts }) => ({ seq, sender, ts }))).toEqual(conversation.messages);
      for (const [index, uid] of this.#uids.entries()) {
        for (const { dev } of this.#replicas[index] ?? []) {
          const found = await this.#store.cursors.forDevice(conv, uid, dev);
          expect(found && { ...toKnown(found), received: found.received }).toEqual(
            this.#model.forDevice(name, uid, dev),
          );
        }
        for (const { seq } of conversation.messages) {
          expect(await this.#store.cursors.times(conv, uid, seq)).toEqual(this.#model.times(name, uid, seq));
        }
      }
    }
    for (const user of this.#uids.keys()) {
      for (const device of deviceIds.keys())
        await this.#catchUp({ do: 'catch up', user, device, pageSize: 2 });
    }
  }

  /** All that a user's device can know. */
  #known(uid: number): Map<string, Known> {
    const known = new Map<string, Known>();
    for (const name of this.#model.conversations.keys()) {
      const conversation = this.#model.forDevice(name, uid, 0);
      if (conversation !== undefined) known.set(name, toKnown(conversation));
    }
    return known;
  }

  #tick(): number {
    this.#time += 1;
    return this.#time;
  }

  #uid(index: number): number {
    return this.#uids[index] ?? 0;
  }

  #replica(user: number, device: number): Replica {
    const replica = this.#replicas[user]?.[device];
    if (replica === undefined) throw new Error(`There is no device ${device} of user ${user}.`);
    return replica;
  }
}

type Of<Kind extends Action['do']> = Extract<Action, { do: Kind }>;

function nameOf({ key }: ConversationForDevice): string {
  return key.kind === 'pair' ? conversationName(key.a, key.b) : `group ${key.gid}`;
}
