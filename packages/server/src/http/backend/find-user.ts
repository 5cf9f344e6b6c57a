import { StoaError } from '@stoa/protocol';
import { Address } from '@stoa/protocol/validate';
import type { App, User } from '@stoa/storage';
import Type from 'typebox';
import type { Call } from './operation.ts';
import { either } from './parameters.ts';

/** Parameters that name a user: one of them must be given. */
export const UserName = Type.Object({
  uid: Type.Optional(Type.Integer({ minimum: 1, maximum: 0xffff_ffff })),
  address: Type.Optional(Address),
});

export const userNameSpellings = {
  uid: either('user', 'uid'),
  address: either('user', 'address', 'addr'),
};

/** @throws StoaError BAD_REQUEST when neither is given, NOT_FOUND when the app has no such user */
export async function findUser(
  { services }: Call,
  { aid }: App,
  { uid, address }: { uid?: number | undefined; address?: string | undefined },
): Promise<User> {
  if (uid !== undefined) return services.users.byUid(aid, uid);
  if (address !== undefined) return services.users.byAddress(aid, address);
  throw new StoaError('BAD_REQUEST', '"uid" or "address" must be given.');
}
