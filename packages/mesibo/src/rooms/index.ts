export { MesiboGroupCall } from './group-call.ts';
export type { MesiboParticipant } from './room-participant.ts';
