import { setImmediate as nextTurn } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/transport-node';
import { packValue, unpackValue } from '@stoa/protocol';
import type { Bus, BusEvent, Subscription } from '../bus.ts';
import { createInProcessBus } from '../in-process-bus.ts';
import { Ledger } from './ledger.ts';
import { NatsLine } from './nats-line.ts';
import { NatsLink } from './nats-link.ts';
import { parseNatsUrl } from './nats-servers.ts';

export interface NatsBusOptions {
  /** See parseNatsUrl. Several servers are tried in turn. */
  readonly url: string;
  /** Begins every subject; keeps installations apart that share a server. Words joined by dots. */
  readonly prefix: string;
  /** Shown in the server's list of connections. */
  readonly name?: string;
  /** Told what a handler threw, and what the server refuses. Must not throw itself. Default: `console.error`. */
  readonly onError?: (error: unknown, subject: string) => void;
  /** Told when the connection is up, and of each attempt that failed. */
  readonly onState?: (state: NatsState) => void;
}

export type NatsState =
  | { readonly connected: true; readonly server: string }
  | { readonly connected: false; readonly reason: string };

/**
 * Joins the nodes of an installation by a NATS server. Resolves after the first attempt to connect, also when it
 * failed: the bus goes on trying for ever, and until then serves this node's own subscribers.
 *
 * What this node publishes reaches its own subscribers directly, never through the server. What the server may have
 * lost is made known (`onLost`): after a broken connection to this node's subscribers for all their subjects, and to
 * other nodes' subscribers for the subjects of events that the server did not confirm. Memory for what is on its way
 * is bounded; beyond that, events are dropped and counted.
 *
 * @throws Error when the URL is not valid.
 * @example
 * const bus = await connectNatsBus({ url: 'nats://127.0.0.1:4222', prefix: 'stoa.example' });
 * bus.publish('user.17', { type: 'message' });
 */
export async function connectNatsBus(options: NatsBusOptions): Promise<Bus> {
  const bus = new ConnectedBus(options);
  await bus.tried();
  return bus;
}

/** A subject to which somebody on this node listens. */
interface Subject {
  subscribers: number;
  readonly onLost: Set<() => void>;
  /** Ends listening on the present connection. */
  stop: () => void;
  /** Settles when the server has confirmed that we listen, or the connection has ended. */
  ready: Promise<void>;
}

class ConnectedBus implements Bus {
  readonly #options: NatsBusOptions;
  readonly #onError: (error: unknown, subject: string) => void;
  readonly #local: Bus;
  readonly #link: NatsLink;
  readonly #ledger = new Ledger();
  readonly #subjects = new Map<string, Subject>();
  readonly counts = { sent: 0, received: 0, dropped: 0 };
  #line: NatsLine | undefined;
  #connected = false;
  #closing: Promise<void> | undefined;
  /** The event that was published last, with its encoding: many go to two subjects. */
  #packed: { readonly event: BusEvent; readonly data: Uint8Array } | undefined;

  constructor(options: NatsBusOptions) {
    this.#options = options;
    this.#onError = options.onError ?? reportToConsole;
    this.#local = createInProcessBus({ onError: this.#onError });
    this.#link = new NatsLink({
      servers: parseNatsUrl(options.url),
      name: options.name ?? 'stoa',
      onUp: (connection, server) => this.#up(connection, server),
      onDown: (reason) => this.#down(reason),
    });
  }

  /** Resolves when it is connected, or the first attempt has failed. */
  async tried(): Promise<void> {
    await this.#link.tried;
    await this.#line?.confirmed().catch(() => {});
  }

  get connected(): boolean {
    return this.#connected;
  }

  publish(subject: string, event: BusEvent): void {
    if (this.#closing !== undefined) return;
    this.#local.publish(subject, event);
    try {
      if (this.#line?.publish(this.#full(subject), this.#pack(event))) {
        this.counts.sent += 1;
        return;
      }
    } catch (error) {
      this.#onError(error, subject);
    }
    this.counts.dropped += 1;
    this.#ledger.lose(this.#full(subject));
    this.#line?.confirm();
  }

  async subscribe(
    subject: string,
    handler: (event: BusEvent) => void,
    onLost: () => void = () => {},
  ): Promise<Subscription> {
    if (this.#closing !== undefined) throw new Error('The bus is closed.');
    const subscribing = this.#local.subscribe(subject, handler);
    const entry = this.#subjects.get(subject) ?? this.#listen(subject);
    entry.subscribers += 1;
    // A function of its own: somebody may pass the same one for several subscriptions.
    const tell = (): void => onLost();
    entry.onLost.add(tell);
    const local = await subscribing;
    await entry.ready;
    return {
      unsubscribe: () => {
        local.unsubscribe();
        if (!entry.onLost.delete(tell)) return;
        entry.subscribers -= 1;
        if (entry.subscribers === 0 && this.#subjects.get(subject) === entry) {
          this.#subjects.delete(subject);
          entry.stop();
        }
      },
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#local.close();
    // What was published before should still get out; a dead server ends this by its deadline.
    await this.#line?.confirmed().catch(() => {});
    this.#subjects.clear();
    await this.#link.close();
  }

  #listen(subject: string): Subject {
    const entry: Subject = { subscribers: 0, onLost: new Set(), stop: () => {}, ready: Promise.resolve() };
    this.#subjects.set(subject, entry);
    if (this.#line !== undefined) this.#listenOn(this.#line, subject, entry);
    return entry;
  }

  #listenOn(line: NatsLine, subject: string, entry: Subject): void {
    entry.stop = line.listen(this.#full(subject));
    entry.ready = line.confirmed().catch(() => {});
  }

  #up(connection: NatsConnection, server: string): void {
    const line = new NatsLine({
      connection,
      ledger: this.#ledger,
      onData: (full, data) => this.#arrived(full.slice(this.#options.prefix.length + 1), data),
      onConfirmed: () => this.#tellOthersOfLoss(line),
      onProblem: (error) => this.#onError(error, ''),
    });
    this.#line = line;
    line.listen(this.#full(allLost));
    const interrupted = [...this.#subjects.values()];
    for (const [subject, entry] of this.#subjects) this.#listenOn(line, subject, entry);
    line.confirmed().then(
      () => {
        this.#connected = true;
        this.#options.onState?.({ connected: true, server });
        return this.#tellLost(interrupted);
      },
      // The end of the connection is told by #down.
      () => {},
    );
  }

  #down(reason: string): void {
    this.#line = undefined;
    this.#connected = false;
    this.#ledger.disconnected();
    if (this.#closing === undefined) this.#options.onState?.({ connected: false, reason });
  }

  #arrived(subject: string, data: Uint8Array): void {
    if (subject === allLost) {
      this.#tellLost([...this.#subjects.values()]);
      return;
    }
    const event = data.length === 0 ? undefined : unpack(data);
    if (event === undefined) {
      const entry = this.#subjects.get(subject);
      if (entry !== undefined) this.#tellLost([entry]);
      return;
    }
    this.counts.received += 1;
    this.#local.publish(subject, event);
  }

  /** To this node's subscribers. Many of them have something to do then: not all in one turn. */
  async #tellLost(entries: readonly Subject[]): Promise<void> {
    for (const [index, { onLost }] of entries.entries()) {
      for (const tell of onLost) {
        try {
          tell();
        } catch (error) {
          this.#onError(error, '');
        }
      }
      if (index % toldPerTurn === toldPerTurn - 1) await nextTurn();
    }
  }

  /** To the subscribers on other nodes, of what this node could not send or does not know to have arrived. */
  #tellOthersOfLoss(line: NatsLine): void {
    if (!this.#ledger.hasLost) return;
    const lost = this.#ledger.takeLost();
    for (const subject of lost === 'all' ? [this.#full(allLost)] : lost) {
      if (!line.publish(subject, nothing)) this.#ledger.lose(subject);
    }
  }

  #full(subject: string): string {
    return `${this.#options.prefix}.${subject}`;
  }

  #pack(event: BusEvent): Uint8Array {
    if (this.#packed?.event !== event) this.#packed = { event, data: packValue(event) };
    return this.#packed.data;
  }
}

/** Undefined for what is no event: something else than this program publishes there. */
function unpack(data: Uint8Array): BusEvent | undefined {
  try {
    const value = unpackValue(data);
    return isEvent(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isEvent(value: unknown): value is BusEvent {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function reportToConsole(error: unknown, subject: string): void {
  console.error(`The bus has a problem with "${subject}".`, error);
}

const nothing = new Uint8Array(0);
/** Said there is: anything published by that node may have been lost. No subject of an event begins like this. */
const allLost = '$lost';
const toldPerTurn = 500;
