import type { Metrics } from './metrics/index.ts';

interface Counted {
  readonly count: number;
}

/** Notes how much there is at the moment. */
export function gauge(
  metrics: Metrics,
  what: {
    readonly door: { readonly connections: number };
    readonly sessions: Counted;
    readonly calls: Counted;
    readonly rooms: Counted;
  },
): void {
  metrics.connections.set(what.door.connections);
  metrics.sessions.set(what.sessions.count);
  metrics.calls.set(what.calls.count);
  metrics.rooms.set(what.rooms.count);
}
