export type { OwnStream } from './own-stream.ts';
export type { Queue } from './queue.ts';
export type { RemoteStream, StreamSubscription } from './remote-stream.ts';
export type { Room } from './room.ts';
export type { RoomAdmin } from './room-admin.ts';
export { type RoomPlatform, systemRoomPlatform } from './room-platform.ts';
export type { RoomEvents, RoomQuality, RoomStatus, RoomTarget } from './room-types.ts';
export { type RoomSettings, Rooms } from './rooms.ts';
export type { Waiting, WaitingStatus } from './waiting.ts';
