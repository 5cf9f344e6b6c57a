/**
 * Headless client of a Stoa server for browsers and Node: connection, sync, outbox and local store.
 * @module
 */
export {
  Call,
  type CallDevice,
  type CallEvents,
  type CallMedia,
  type CallPhase,
  type CallPlatform,
  type CallQuality,
  type CallSettings,
  type CallStatus,
  type Calls,
  setSpeaker,
} from './calls/index.ts';
export { Client } from './client-facade.ts';
export type { ClientOptions } from './client-options.ts';
export type { Clock } from './clock.ts';
export type { OpenWebSocket, WebSocketLike } from './connection/index.ts';
export type { Contacts } from './contacts/index.ts';
export { conversationId, targetOf } from './conversations/index.ts';
export type { Environment, EnvironmentChange } from './environment.ts';
export {
  type FileKind,
  type FileSettings,
  type Files,
  fileKindOf,
  fileKinds,
  filePreview,
  memoryTransfers,
  type NoteKind,
  NoteRecorder,
  type RecordedNote,
  type Transfer,
  type TransferRecord,
  type TransferStore,
} from './files/index.ts';
export type {
  Group,
  GroupMember,
  GroupPin,
  GroupRequest,
  GroupSettings,
  Groups,
  MemberRights,
  NewGroup,
  PinSettings,
} from './groups/index.ts';
export type { Profile, ProfileChange, Profiles } from './profiles/index.ts';
export type { RequestOptions } from './requests/index.ts';
export {
  type OwnStream,
  type Queue,
  type RemoteStream,
  type Room,
  type RoomAdmin,
  type RoomEvents,
  type RoomPlatform,
  type RoomQuality,
  type RoomSettings,
  type RoomStatus,
  type Rooms,
  type RoomTarget,
  type StreamSubscription,
  systemRoomPlatform,
  type Waiting,
  type WaitingStatus,
} from './rooms/index.ts';
export type { SearchOptions, SearchResult } from './search/index.ts';
export {
  type Change,
  type ConversationRecord,
  type DeviceRecord,
  type LocalStore,
  type MessageRecord,
  memoryStore,
  type ProfileRecord,
  type Range,
  type StoreSnapshot,
  type ValueRecord,
} from './store/index.ts';
export type * from './types.ts';
