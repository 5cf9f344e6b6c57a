import type { NatsConnection } from '@nats-io/transport-node';
import type { Ledger } from './ledger.ts';
import { SharedFlush } from './shared-flush.ts';

export interface NatsLineOptions {
  readonly connection: NatsConnection;
  readonly ledger: Ledger;
  /** Data came from another node; empty when the other node lost some. */
  readonly onData: (subject: string, data: Uint8Array) => void;
  /** The server has confirmed everything up to a moment ago. */
  readonly onConfirmed: () => void;
  /** The server refused something; the connection stays. */
  readonly onProblem: (error: Error) => void;
}

/** One live connection to a NATS server: publishes within bounds, and notices when the other end is dead. */
export class NatsLine {
  readonly #options: NatsLineOptions;
  readonly #flush = new SharedFlush(() => this.#roundTrip());
  readonly #heartbeat: NodeJS.Timeout;
  readonly #ended: Promise<never>;

  constructor(options: NatsLineOptions) {
    this.#options = options;
    const { connection } = options;
    this.#heartbeat = setInterval(() => this.confirm(), heartbeatMs);
    this.#heartbeat.unref();
    this.#ended = connection.closed().then(() => {
      clearInterval(this.#heartbeat);
      throw new Error('The connection has ended.');
    });
    this.#ended.catch(() => {});
    this.#watchProblems().catch(() => {});
  }

  /** False when it could not be sent: too large, or too much is on its way already. */
  publish(subject: string, data: Uint8Array): boolean {
    const { connection, ledger } = this.#options;
    const size = subject.length + data.length;
    if (connection.isClosed() || data.length > (connection.info?.max_payload ?? 0)) return false;
    if (ledger.unconfirmedBytes + size > backlogBytes) return false;
    connection.publish(subject, data);
    ledger.published(subject, size);
    if (ledger.unconfirmedBytes > confirmAtBytes) this.confirm();
    return true;
  }

  /** Takes what other nodes publish there, until the returned function is called. */
  listen(subject: string): () => void {
    const { connection, onData, onProblem } = this.#options;
    if (connection.isClosed()) return () => {};
    const subscription = connection.subscribe(subject, {
      callback: (error, message) => {
        if (error === null) onData(subject, message.data);
        else onProblem(error);
      },
    });
    return () => subscription.unsubscribe();
  }

  /** Resolves when the server knows everything said before; rejects when the connection ends first. */
  confirmed(): Promise<void> {
    return this.#flush.request();
  }

  /** Asks for a confirmation soon; nobody waits for it. */
  confirm(): void {
    this.#flush.request().catch(() => {});
  }

  async #roundTrip(): Promise<void> {
    const { connection, ledger, onConfirmed } = this.#options;
    if (connection.isClosed()) throw new Error('The connection has ended.');
    ledger.pinged();
    const deadline = setTimeout(() => connection.close(), answerMs);
    deadline.unref();
    try {
      await Promise.race([connection.flush(), this.#ended]);
    } finally {
      clearTimeout(deadline);
    }
    ledger.confirmed();
    onConfirmed();
  }

  /** Each kind of problem once: a missing permission would be told for every event. */
  async #watchProblems(): Promise<void> {
    const { connection, onProblem } = this.#options;
    const known = new Set<string>();
    for await (const status of connection.status()) {
      if (status.type !== 'error' || known.has(status.error.message) || known.size > 100) continue;
      known.add(status.error.message);
      onProblem(status.error);
    }
  }
}

/** A ping goes out this often; without an answer within `answerMs` the connection is dead. */
const heartbeatMs = 2_000;
const answerMs = 5_000;
/** More than this unconfirmed: ask for a confirmation before the next heartbeat. */
const confirmAtBytes = 1024 * 1024;
/** More than this unconfirmed: the server does not keep up, events are dropped. */
const backlogBytes = 16 * 1024 * 1024;
