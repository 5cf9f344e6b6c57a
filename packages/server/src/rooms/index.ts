export { type MediaOperations, mediaOperations } from './media-operations.ts';
export type { MediaSession } from './media-sessions.ts';
export { MediaTokens } from './media-tokens.ts';
export { roomOperations } from './operations.ts';
export type { Rights, RoomRules } from './room-state.ts';
export { Rooms } from './rooms.ts';
export type { RoomDevice, RoomGroup } from './rooms-options.ts';
export { type Played, Whep } from './whep.ts';
export { Whip } from './whip.ts';
