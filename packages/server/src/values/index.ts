export { valueOperations } from './operations.ts';
export { type ChangedValue, ValueFeed } from './value-feed.ts';
export { Values } from './values.ts';
