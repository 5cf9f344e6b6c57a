/**
 * How the nodes of an installation tell each other what happened: the {@link Bus} interface and its implementation
 * for one process.
 * @module
 */
export type { Bus, BusEvent, Subscription } from './bus.ts';
export { createInProcessBus, type InProcessBusOptions, InProcessHub } from './in-process-bus.ts';
