export { MediaTokens } from './media-tokens.ts';
export { roomOperations } from './operations.ts';
export type { Rights, RoomRules } from './room-state.ts';
export { type RoomDevice, type RoomGroup, Rooms } from './rooms.ts';
export { Whip, type WhipSession } from './whip.ts';
