export { searchOperations } from './operations.ts';
export { Search } from './search.ts';
