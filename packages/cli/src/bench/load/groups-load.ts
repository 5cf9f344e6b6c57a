import { nothing, text } from './exchange.ts';
import { inParallel } from './in-parallel.ts';
import { type LoadGroup, phaseOf } from './load-group.ts';
import type { CreateLoad, Load } from './loads.ts';
import type { LoadClient, LoadUser } from './wire.ts';

/** Milliseconds since 1970, with fractions, alike in all processes of a machine. */
const now = (): number => performance.timeOrigin + performance.now();

/**
 * `connect`, then for each group `exchange` with or without receipts: the first user of all sends so many messages to it.
 * Each process tells when the last of its own members had each message. The id of a message is when it was sent, in
 * microseconds, so that processes without the sender can tell, too.
 */
export const groupsLoad: CreateLoad = (task, wire, failed) => {
  let current: Fanout | undefined;
  const clientOf = (user: LoadUser, acknowledged: (id: number) => void): LoadClient =>
    wire(task.url, user, { acknowledged, received: (id) => current?.received(id), failed });
  const sender = task.senders[0] && clientOf(task.senders[0], (id) => current?.acknowledged(id));
  const receivers = task.receivers.map((user) => clientOf(user, nothing));
  const exchange = (group: LoadGroup, receipts: boolean) => (messages: number) => {
    const fanout = new Fanout({
      members: group.members,
      messages,
      send:
        sender &&
        ((id) => {
          if (sender.sendToGroup === undefined) throw new Error('This server knows no groups.');
          sender.sendToGroup(group.name, id, text, receipts);
        }),
      window: task.window,
    });
    current = fanout;
    return fanout.run();
  };
  const load: Record<string, Load[string]> = {
    async connect() {
      await inParallel(sender === undefined ? receivers : [...receivers, sender], 100, (client) =>
        client.connect(),
      );
      return [];
    },
  };
  for (const group of task.groups ?? []) {
    for (const receipts of [true, false]) load[phaseOf(group.size, receipts)] = exchange(group, receipts);
  }
  return load;
};

interface FanoutOptions {
  /** Of this process. */
  readonly members: number;
  readonly messages: number;
  /** Undefined in a process without the sender. */
  readonly send: ((id: number) => void) | undefined;
  readonly window: number;
}

/** One run of messages from one to many. */
class Fanout {
  readonly #options: FanoutOptions;
  /** Signs that a message has got: one of each member, and that it was acknowledged. */
  readonly #signs = new Map<number, number>();
  readonly #latencies: [id: number, latency: number][] = [];
  #sent = 0;
  #lastId = 0;
  #finish = (): void => {};

  constructor(options: FanoutOptions) {
    this.#options = options;
  }

  /** Resolves to the latency of each message to the last member here, in milliseconds, in the order of sending. */
  run(): Promise<readonly number[]> {
    return new Promise((resolve) => {
      this.#finish = () => resolve(this.#latencies.sort(([a], [b]) => a - b).map(([, latency]) => latency));
      for (let count = 0; count < this.#options.window; count += 1) this.#sendOne();
    });
  }

  acknowledged(id: number): void {
    this.#sign(id);
  }

  received(id: number): void {
    this.#sign(id);
  }

  #sign(id: number): void {
    const { members, messages, send } = this.#options;
    const signs = (this.#signs.get(id) ?? 0) + 1;
    if (signs < members + (send === undefined ? 0 : 1)) {
      this.#signs.set(id, signs);
      return;
    }
    this.#signs.delete(id);
    this.#latencies.push([id, now() - id / 1000]);
    if (this.#latencies.length === messages) this.#finish();
    else this.#sendOne();
  }

  #sendOne(): void {
    const { messages, send } = this.#options;
    if (send === undefined || this.#sent === messages) return;
    this.#sent += 1;
    this.#lastId = Math.max(this.#lastId + 1, Math.round(now() * 1000));
    send(this.#lastId);
  }
}
