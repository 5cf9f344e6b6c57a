import type { OperationHandlers } from '../socket/operations.ts';
import type { Profiles } from './profiles.ts';

/** What a signed-in device can ask about profiles. */
export function profileOperations(
  profiles: Profiles,
): Required<Pick<OperationHandlers, 'profile.get' | 'profile.set' | 'profiles.get'>> {
  return {
    'profile.get': async ({ uid }) => ({ profile: await profiles.own(uid) }),
    'profile.set': async (caller, change) => ({ profile: await profiles.setOwn(caller, change) }),
    'profiles.get': (caller, { users }) => profiles.get(caller, users),
  };
}
