import type { OperationHandlers } from '../socket/operations.ts';
import type { Schedule } from './schedule.ts';

export function scheduleOperations(
  schedule: Schedule,
): Required<Pick<OperationHandlers, 'scheduled.list' | 'scheduled.cancel'>> {
  return {
    'scheduled.list': ({ uid }, { cursor }) => schedule.list(uid, cursor),
    'scheduled.cancel': async ({ uid }, { dev, id }) => {
      await schedule.cancel(uid, dev, id);
      return {};
    },
  };
}
