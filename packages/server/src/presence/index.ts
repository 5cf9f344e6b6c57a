export { isOnlineBy } from './appearance.ts';
export type { MembersChanged } from './group-audiences.ts';
export { OtherNodes } from './other-nodes.ts';
export {
  Presence,
  type PresenceOptions,
  type Watcher,
  type WatcherGroup,
} from './presence.ts';
export type { AllowedSight, KeptPresence } from './sight.ts';
