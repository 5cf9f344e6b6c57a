/**
 * The mesibo JavaScript API, v1 and v2 generations, on a Stoa server.
 * @module
 */
export * from './constants/index.ts';
export { MesiboContactSynchronizer } from './contact-synchronizer.ts';
export { MesiboDateTime } from './date-time.ts';
export {
  MesiboGroupMember,
  type MesiboGroupPin,
  type MesiboGroupSettings,
  type MesiboMemberPermissions,
} from './groups/group-objects.ts';
export { type MesiboHttpCallback, MesiboHttpRequest } from './http-request.ts';
export type { MesiboListener } from './listeners.ts';
export { Mesibo } from './mesibo.ts';
export type { V1Profile } from './mesibo-v1.ts';
export { MesiboMessage } from './messages/message.ts';
export type { MesiboFile } from './messages/message-file.ts';
export type { MesiboPayload } from './messages/payload.ts';
export type { V1File, V1Params } from './messages/v1-params.ts';
export { MesiboPresence } from './presence/presence.ts';
export { MesiboProfile } from './profiles/profile.ts';
export type { MesiboProfileImage } from './profiles/profile-image.ts';
export { MesiboReadSession, type SessionListener } from './reading/read-session.ts';
