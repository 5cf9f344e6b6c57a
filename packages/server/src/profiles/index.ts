export { Contacts } from './contacts.ts';
export { profileOperations } from './operations.ts';
export { Profiles } from './profiles.ts';
