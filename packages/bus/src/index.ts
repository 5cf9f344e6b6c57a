/**
 * How the nodes of an installation tell each other what happened: the {@link Bus} interface and its implementations,
 * for one process and over NATS.
 * @module
 */
export type { Bus, BusEvent, Subscription } from './bus.ts';
export { createInProcessBus, type InProcessBusOptions, InProcessHub } from './in-process-bus.ts';
export {
  type BusCounts,
  connectNatsBus,
  type NatsBus,
  type NatsBusOptions,
  type NatsState,
} from './nats/nats-bus.ts';
export { parseNatsUrl } from './nats/nats-servers.ts';
