import type { Bus } from '@stoa/bus';
import { Counter, Gauge, type Registry } from 'prom-client';

/** What goes over the bus to and from other nodes; read from the bus when somebody collects. */
export function observeBus(registry: Registry, bus: Pick<Bus, 'connected' | 'counts'>): void {
  const registers = [registry];
  new Gauge({
    name: 'stoa_bus_connected',
    help: '1 while other nodes can be reached, or there are none; else 0.',
    registers,
    collect() {
      this.set(bus.connected ? 1 : 0);
    },
  });
  new Counter({
    name: 'stoa_bus_events_total',
    help: 'Events to and from other nodes: sent, received, or dropped because they could not be sent.',
    labelNames: ['fate'],
    registers,
    collect() {
      this.reset();
      for (const [fate, count] of Object.entries(bus.counts)) this.inc({ fate }, count);
    },
  });
}
