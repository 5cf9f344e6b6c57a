export { roomOperations } from './operations.ts';
export type { Rights, RoomRules } from './room-state.ts';
export { type RoomDevice, type RoomGroup, Rooms } from './rooms.ts';
