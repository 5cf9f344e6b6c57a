export { UserExport } from './user-export.ts';
