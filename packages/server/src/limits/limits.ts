import { ByteBudget } from './byte-budget.ts';
import { type ClientAddress, ClientAddresses, type Origin } from './client-address.ts';
import { ConnectionCounter } from './connection-counter.ts';
import { TokenBuckets } from './token-buckets.ts';

/** Zero means no limit. */
export interface LimitSettings {
  readonly trustedProxies: readonly string[];
  readonly messagesPerSecond: number;
  readonly connectionsPerAddress: number;
  readonly callsPerMinute: number;
  readonly callInvitesPerMinute: number;
  /** Count clients on this machine too. */
  readonly limitLoopback: boolean;
  /** The most that a body of a request may have. */
  readonly requestBytes: number;
}

/** Wrong administrator passwords that an address may try in a minute. */
const passwordsPerMinute = 10;

/** `call` frames of a user, most of them ICE candidates: many at once, and far fewer over time. */
const signalsAtOnce = 300;
const signalsFillMs = 30_000;

/** Bytes of request bodies that are held in memory at a time: of one address, and of all. Some of the largest have room. */
function bodyBytes(requestBytes: number) {
  const mostByKey = Math.max(32_000_000, 8 * requestBytes);
  return { mostByKey, most: Math.max(256_000_000, mostByKey) };
}

const notLimited = () => {};

/** The rates and quotas of a node, shared by its doors. Clients on this machine are not limited unless told so. */
export class Limits {
  readonly #addresses: ClientAddresses;
  readonly #limitLoopback: boolean;
  readonly #messages: TokenBuckets | undefined;
  readonly #calls: TokenBuckets | undefined;
  readonly #passwords: TokenBuckets;
  readonly #invites: TokenBuckets | undefined;
  readonly #signals: TokenBuckets;
  readonly #connections: ConnectionCounter | undefined;
  readonly #bodies: ByteBudget;

  constructor(settings: LimitSettings, now: () => number) {
    const rate = (capacity: number, fillMs: number) =>
      capacity === 0 ? undefined : new TokenBuckets({ capacity, fillMs, now });
    this.#addresses = new ClientAddresses(settings.trustedProxies);
    this.#limitLoopback = settings.limitLoopback;
    this.#bodies = new ByteBudget(bodyBytes(settings.requestBytes));
    this.#messages = rate(settings.messagesPerSecond, 1_000);
    this.#calls = rate(settings.callsPerMinute, 60_000);
    this.#passwords = new TokenBuckets({ capacity: passwordsPerMinute, fillMs: 60_000, now });
    this.#invites = rate(settings.callInvitesPerMinute, 60_000);
    this.#signals = new TokenBuckets({ capacity: signalsAtOnce, fillMs: signalsFillMs, now });
    this.#connections =
      settings.connectionsPerAddress === 0
        ? undefined
        : new ConnectionCounter(settings.connectionsPerAddress);
  }

  /** Where a request comes from, behind trusted proxies too. */
  clientOf(request: Origin): ClientAddress {
    return this.#addresses.of(request);
  }

  isTrustedProxy(address: string): boolean {
    return this.#addresses.isTrustedProxy(address);
  }

  /** Counts a connection of the client; undefined when it has too many. Call the result when it has ended. */
  admitConnection(client: ClientAddress): (() => void) | undefined {
    if (this.#connections === undefined || this.#isExempt(client)) return notLimited;
    return this.#connections.admit(client.key);
  }

  /** Counts a body of the client that is held in memory; undefined when there is no room. Call the result when it is not any more. */
  admitBody(client: ClientAddress, bytes: number): (() => void) | undefined {
    return this.#isExempt(client) ? notLimited : this.#bodies.admit(client.key, bytes);
  }

  /** Milliseconds that the client must wait before its next call of the back-end API; 0 when it was counted. */
  callDelay(client: ClientAddress): number {
    return this.#isExempt(client) ? 0 : (this.#calls?.take(client.key) ?? 0);
  }

  /** Milliseconds that the user must wait before his next message; 0 when it was counted. */
  messageDelay(uid: number, client?: ClientAddress): number {
    if (client !== undefined && this.#isExempt(client)) return 0;
    return this.#messages?.take(uid) ?? 0;
  }

  /** Milliseconds that the user must wait before he may call somebody again; 0 when it was counted. */
  inviteDelay(uid: number, client: ClientAddress): number {
    return this.#isExempt(client) ? 0 : (this.#invites?.take(uid) ?? 0);
  }

  /** Milliseconds that the user must wait before his next word about a call; 0 when it was counted. */
  signalDelay(uid: number, client: ClientAddress): number {
    return this.#isExempt(client) ? 0 : this.#signals.take(uid);
  }

  /** Milliseconds that the client must wait before it may try another administrator password. */
  passwordDelay(client: ClientAddress): number {
    return this.#isExempt(client) ? 0 : this.#passwords.delay(client.key);
  }

  /** Counts a wrong administrator password. */
  wrongPassword(client: ClientAddress): void {
    this.#passwords.take(client.key);
  }

  #isExempt(client: ClientAddress): boolean {
    return client.local && !this.#limitLoopback;
  }
}
