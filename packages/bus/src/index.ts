/** @module */
export type { Bus, BusEvent, Subscription } from './bus.ts';
export { createInProcessBus, type InProcessBusOptions } from './in-process-bus.ts';
