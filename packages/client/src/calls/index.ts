export { setSpeaker } from './audio-output.ts';
export { Call } from './call.ts';
export { type CallPlatform, systemCallPlatform } from './call-platform.ts';
export type * from './call-types.ts';
export { type CallSettings, Calls } from './calls.ts';
export { IceServers } from './ice-servers.ts';
export { mediaError } from './media-errors.ts';
