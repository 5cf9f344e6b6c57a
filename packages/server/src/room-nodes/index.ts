export { RoomNodes } from './room-nodes.ts';
