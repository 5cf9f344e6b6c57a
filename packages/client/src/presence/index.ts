export { OwnPresence } from './own-presence.ts';
export { Presence } from './presence.ts';
