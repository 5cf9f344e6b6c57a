export { OtherNodes } from './other-nodes.ts';
export { Presence, type Watcher } from './presence.ts';
