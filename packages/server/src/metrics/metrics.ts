import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What a node counts. Everything is in a registry of its own, so that several nodes can live in one process. */
export interface Metrics {
  readonly registry: Registry;
  /** Open sockets, signed in or not. */
  readonly connections: Gauge;
  /** Signed-in sockets. */
  readonly sessions: Gauge;
  /** Calls that this node is responsible for. */
  readonly calls: Gauge;
  readonly rooms: Gauge;
  /** Messages stored (or, when transient, passed on), by the door through which they came. */
  readonly messagesAccepted: { readonly http: Tally; readonly socket: Tally };
  /** Messages written to a device of a receiver. */
  readonly messagesDelivered: Tally;
  /** Seconds from asking the store for a write to its commit. */
  readonly storeCommit: Histogram;
  /** Seconds that HTTP requests took, by method, route pattern and status. */
  readonly httpRequests: Histogram<'method' | 'route' | 'status'>;
}

/** @param processMetrics Whether to observe memory, CPU and event loop of the process too; once per process. */
export function createMetrics({ processMetrics = false }: { processMetrics?: boolean } = {}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (processMetrics) collectDefaultMetrics({ register: registry });
  const accepted = { http: new Tally(), socket: new Tally() };
  new Counter({
    name: 'stoa_messages_accepted_total',
    help: 'Messages that were stored, or passed on when transient.',
    labelNames: ['door'],
    registers,
    collect() {
      for (const door of ['http', 'socket'] as const) this.inc({ door }, accepted[door].take());
    },
  });
  const delivered = new Tally();
  new Counter({
    name: 'stoa_messages_delivered_total',
    help: 'Messages that were written to devices of receivers.',
    registers,
    collect() {
      this.inc(delivered.take());
    },
  });
  return {
    registry,
    connections: new Gauge({ name: 'stoa_connections', help: 'Open sockets.', registers }),
    sessions: new Gauge({ name: 'stoa_sessions', help: 'Signed-in sockets.', registers }),
    calls: new Gauge({ name: 'stoa_calls', help: 'Calls that ring or go on.', registers }),
    rooms: new Gauge({ name: 'stoa_rooms', help: 'Rooms of groups with somebody in them.', registers }),
    messagesAccepted: accepted,
    messagesDelivered: delivered,
    storeCommit: new Histogram({
      name: 'stoa_store_commit_seconds',
      help: 'Time from asking the store for a write to its commit.',
      buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5],
      registers,
    }),
    httpRequests: new Histogram({
      name: 'stoa_http_request_seconds',
      help: 'Time that HTTP requests took.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
      registers,
    }),
  };
}

/** Counts what happens with every message, and is emptied into a metric when somebody asks for that. */
export class Tally {
  #count = 0;

  add(): void {
    this.#count += 1;
  }

  take(): number {
    const count = this.#count;
    this.#count = 0;
    return count;
  }
}
