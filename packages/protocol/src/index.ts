/**
 * All that server and client share: frame types, codecs, codes, limits. Validators are in `@stoa/protocol/validate`,
 * so that a client bundle does not carry them.
 * @module
 */
export { type CloseName, closeCodes, shouldReconnect } from './close-codes.ts';
export * from './codec/index.ts';
export { type Code, type CodeDescription, codes, StoaError } from './codes.ts';
export { requirePlainContent } from './content.ts';
export { messageFlags, presenceValues } from './flags.ts';
export type {
  CallEndReason,
  CallFailure,
  CallLog,
  CallNotice,
  CallNoticeFrame,
  CallRequest,
  CallRequestFrame,
  ClientFrame,
  ContactCard,
  Content,
  ConversationFrame,
  FrontFrame,
  GroupInfo,
  GroupMemberInfo,
  GroupNoticeFrame,
  GroupPinInfo,
  GroupRole,
  HelloFrame,
  HistoryFrame,
  IceCandidate,
  LinkPreview,
  Marks,
  MessageAge,
  MessageEvent,
  MessageFrame,
  PageFrame,
  PingFrame,
  PongFrame,
  PresenceFrame,
  Reaction,
  ReadFrame,
  ReceiptFrame,
  ReceiptsFrame,
  ReceivedFrame,
  RefusedFrame,
  RequestFrame,
  ResponseFrame,
  RoomAsk,
  RoomEndReason,
  RoomInfo,
  RoomMediaState,
  RoomNotice,
  RoomNoticeFrame,
  RoomParticipant,
  RoomPauseReason,
  RoomRight,
  RoomStream,
  RoomStreamPlace,
  ScheduledFrame,
  SendFrame,
  SendPresenceFrame,
  SentFrame,
  ServerFrame,
  StateFrame,
  SyncedFrame,
  Votes,
  WatchFrame,
  WelcomeFrame,
} from './frames.ts';
export { adminFlags, allAdminRights, allPermissions, groupFlags, memberFlags } from './group-flags.ts';
export { limits } from './limits.ts';
export type { OperationName, OperationRequest, OperationResponse } from './operations.ts';
export type {
  Audience,
  PresenceAudience,
  PresenceMode,
  ProfileFrame,
  ProfileInfo,
  ProfileSettings,
  ProfileVisibility,
} from './profile-fields.ts';
export { type RoomKind, roomKinds } from './room-kinds.ts';

/** Version of the protocol that this package speaks. */
export const protocolVersion = 1;
