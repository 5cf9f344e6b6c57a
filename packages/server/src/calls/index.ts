export type { CallFacts } from './call-state.ts';
export { type CallAlarm, type CallDevice, Calls, type MayCall } from './calls.ts';
export { turnServers } from './turn-servers.ts';
