import type { OperationHandlers } from '../socket/operations.ts';
import type { Values } from './values.ts';

export function valueOperations(values: Values): Required<Pick<OperationHandlers, 'state.set'>> {
  return {
    'state.set': async (caller, body) => ({ position: await values.set(caller, body.values) }),
  };
}
