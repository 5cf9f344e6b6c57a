export { ProfileCache } from './profile-cache.ts';
export { type Profile, type ProfileChange, Profiles } from './profiles.ts';
