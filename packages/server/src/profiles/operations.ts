import { StoaError } from '@stoa/protocol';
import type { FoundProfile } from '@stoa/storage';
import type { OperationHandlers } from '../socket/operations.ts';
import type { Profiles } from './profiles.ts';

/** What a signed-in device can ask about profiles. */
export function profileOperations(
  profiles: Profiles,
): Required<Pick<OperationHandlers, 'profile.get' | 'profile.set' | 'profiles.get' | 'profiles.search'>> {
  return {
    'profile.get': async ({ uid }) => ({ profile: await profiles.own(uid) }),
    'profile.set': async (caller, change) => ({ profile: await profiles.setOwn(caller, change) }),
    'profiles.get': (caller, { users }) => profiles.get(caller, users),
    'profiles.search': async (caller, { query, limit, cursor }) => {
      const after = cursor === undefined ? undefined : placeIn(cursor);
      const { profiles: found, next } = await profiles.search(caller, { query: query.trim(), limit, after });
      return { profiles: found, ...(next !== undefined && { cursor: `${next.uid}.${next.search}` }) };
    },
  };
}

function placeIn(cursor: string): FoundProfile {
  const [, uid, search] = /^(\d{1,10})\.(.*)$/su.exec(cursor) ?? [];
  if (uid !== undefined && search !== undefined) return { uid: Number(uid), search };
  throw new StoaError('BAD_FRAME', '"cursor" is not one that the server gave.');
}
