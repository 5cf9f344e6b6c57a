import type { OperationHandlers } from '../socket/operations.ts';
import type { Registrations } from './registrations.ts';
import type { VapidKeys } from './vapid-keys.ts';

/** What a signed-in device can ask about its waking. */
export function pushOperations(
  registrations: Registrations,
  { publicKey }: Pick<VapidKeys, 'publicKey'>,
): Required<Pick<OperationHandlers, 'push.register' | 'push.unregister' | 'push.key'>> {
  return {
    'push.register': async (caller, body) => {
      await registrations.register(caller, body);
      return {};
    },
    'push.unregister': async (caller) => {
      await registrations.unregister(caller);
      return {};
    },
    'push.key': async () => ({ key: publicKey }),
  };
}
