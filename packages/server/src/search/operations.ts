import type { OperationHandlers } from '../socket/operations.ts';
import type { Search } from './search.ts';

export function searchOperations(search: Search): Required<Pick<OperationHandlers, 'messages.search'>> {
  return { 'messages.search': (caller, body) => search.find(caller, body) };
}
