export { isOnlineBy } from './appearance.ts';
export { OtherNodes } from './other-nodes.ts';
export { Presence, type PresenceOptions, type Watcher, type WatcherGroup } from './presence.ts';
