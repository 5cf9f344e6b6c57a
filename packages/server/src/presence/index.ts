export { isOnlineBy } from './appearance.ts';
export type { MembersChanged } from './group-audiences.ts';
export { OtherNodes } from './other-nodes.ts';
export {
  type KeptPresence,
  Presence,
  type PresenceOptions,
  type Watcher,
  type WatcherGroup,
} from './presence.ts';
