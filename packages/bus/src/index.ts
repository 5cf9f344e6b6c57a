/** @module */
export type { Bus, BusEvent, Subscription } from './bus.ts';
