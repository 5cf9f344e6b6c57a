/**
 * Every frame of the protocol, declared once. Types are derived from the schemas, validators are compiled from
 * them in validate.ts. Unknown fields are ignored, so fields may be added; nothing here is ever renamed.
 * @module
 */
export * from './call-frames.ts';
export * from './client-frames.ts';
export * from './fields.ts';
export * from './group-fields.ts';
export * from './marks.ts';
export * from './profile-fields.ts';
export {
  type RoomAsk,
  type RoomEndReason,
  type RoomInfo,
  type RoomMediaState,
  type RoomNotice,
  RoomNoticeFrame,
  type RoomParticipant,
  type RoomPauseReason,
  type RoomRight,
  type RoomStream,
  type RoomStreamPlace,
  roomNotices,
} from './room-fields.ts';
export * from './server-frames.ts';
