/**
 * How the nodes of an installation tell each other what happened: the {@link Bus} interface and its implementations,
 * for one process and over NATS.
 * @module
 */
export type { Bus, BusCounts, BusEvent, Subscription } from './bus.ts';
export { createInProcessBus, type InProcessBusOptions, InProcessHub } from './in-process-bus.ts';
export { connectNatsBus, type NatsBusOptions, type NatsState } from './nats/nats-bus.ts';
export { parseNatsUrl } from './nats/nats-servers.ts';
