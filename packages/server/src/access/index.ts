export { Access, type Policy, type Subject } from './access.ts';
export { requireOperation } from './operations.ts';
