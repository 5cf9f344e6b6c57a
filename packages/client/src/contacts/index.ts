export { Contacts } from './contacts.ts';
