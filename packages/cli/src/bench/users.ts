import { type ApiOptions, call } from '../api.ts';
import { inParallel } from './load/in-parallel.ts';
import type { LoadUser } from './load/wire.ts';

/** Adds users with these addresses' beginning and a number, each with a token to sign in with. */
export async function addUsers(api: ApiOptions, count: number, prefix = 'user'): Promise<LoadUser[]> {
  const users = Array.from({ length: count }, (_, index) => ({ address: `${prefix}-${index}`, token: '' }));
  await inParallel(users, callsAtOnce, async (user) => {
    const made = await call<{ token: { token: string } }>(api, 'POST', '/users', {
      address: user.address,
      token: { expiresIn: tokenMinutes },
    });
    user.token = made.token.token;
  });
  return users;
}

/** Makes a group of the first of these users, with the others; resolves to its number. */
export async function addGroup(api: ApiOptions, [owner, ...members]: readonly LoadUser[]): Promise<number> {
  if (owner === undefined) throw new Error('A group has at least one member.');
  const { gid } = await call<{ gid: number }>(api, 'POST', '/groups', {
    name: `Group of ${members.length}`,
    owner: owner.address,
  });
  for (let from = 0; from < members.length; from += membersPerCall) {
    const some = members.slice(from, from + membersPerCall).map(({ address }) => address);
    await call(api, 'POST', `/groups/${gid}/members`, { members: some });
  }
  return gid;
}

export async function removeUsers(api: ApiOptions, users: readonly LoadUser[]): Promise<void> {
  await inParallel(users, callsAtOnce, ({ address }) =>
    call(api, 'DELETE', `/users/${encodeURIComponent(address)}`),
  );
}

/** As many as the server takes. */
const membersPerCall = 200;
const callsAtOnce = 32;
/** A run that was killed leaves nothing that is of use for long. */
const tokenMinutes = 24 * 60;
