import { setTimeout as delay } from 'node:timers/promises';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { NatsServer } from './nats-servers.ts';

export interface NatsLinkOptions {
  /** Tried in turn. */
  readonly servers: readonly NatsServer[];
  /** Shown in the server's list of connections. */
  readonly name: string;
  readonly onUp: (connection: NatsConnection, server: string) => void;
  /** An attempt failed, or the connection that was up has ended. */
  readonly onDown: (reason: string) => void;
}

/**
 * Keeps one connection to a NATS server, for ever: after a failure it tries the next server, and waits longer after
 * each round of failures. The library's own reconnecting is not used, because it keeps what is published meanwhile
 * and sends it late, without bounds that suit us.
 */
export class NatsLink {
  readonly #options: NatsLinkOptions;
  readonly #closing = new AbortController();
  #connection: NatsConnection | undefined;
  readonly #done: Promise<void>;
  readonly #tried = Promise.withResolvers<void>();

  constructor(options: NatsLinkOptions) {
    this.#options = options;
    this.#done = this.#run();
  }

  /** Resolves after the first round of attempts, whatever came of it. */
  get tried(): Promise<void> {
    return this.#tried.promise;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#connection?.close();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    for (let failures = 0; !signal.aborted; failures++) {
      if (await this.#round()) failures = 0;
      this.#tried.resolve();
      const ms = firstWaitMs + Math.random() * Math.min(longestWaitMs, firstWaitMs * 2 ** failures);
      await delay(ms, undefined, { signal, ref: false }).catch(() => {});
    }
    this.#tried.resolve();
  }

  /** Tries each server once, and stays with those that answer. True when a connection lasted. */
  async #round(): Promise<boolean> {
    let lasted = false;
    for (const server of this.#options.servers) {
      if (this.#closing.signal.aborted) return lasted;
      const connection = await this.#dial(server);
      if (connection === undefined) continue;
      const since = performance.now();
      this.#connection = connection;
      this.#options.onUp(connection, server.address);
      this.#tried.resolve();
      const error = await connection.closed();
      this.#connection = undefined;
      this.#options.onDown(error?.message ?? 'the connection was closed');
      lasted ||= performance.now() - since > lastedMs;
    }
    return lasted;
  }

  async #dial({ address, tls, credentials }: NatsServer): Promise<NatsConnection | undefined> {
    // For an address that is no name, Node must be told what the certificate has to be for.
    const verified = { handshakeFirst: false, host: hostOf(address) };
    try {
      const connection = await connect({
        servers: address,
        ...credentials,
        ...(tls ? { tls: verified } : {}),
        name: this.#options.name,
        noEcho: true,
        reconnect: false,
        ignoreClusterUpdates: true,
        timeout: dialMs,
        pingInterval: never,
        noAsyncTraces: true,
      });
      if (!this.#closing.signal.aborted) return connection;
      await connection.close();
    } catch (error) {
      this.#options.onDown(`${address}: ${error instanceof Error ? error.message : String(error)}`);
    }
    return undefined;
  }
}

function hostOf(address: string): string {
  return new URL(`nats://${address}`).hostname.replace(/^\[|\]$/g, '');
}

const dialMs = 5_000;
const firstWaitMs = 100;
const longestWaitMs = 5_000;
/** A connection that lasted this long was a success: the next wait is a short one. */
const lastedMs = 2_000;
/** Whether the connection lives is watched by those who use it. */
const never = 2 ** 31 - 1;
