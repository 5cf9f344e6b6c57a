import { limits } from '@stoa/protocol';
import type { User } from '@stoa/storage';
import Type from 'typebox';
import type { Answer, Call } from './operation.ts';

/** What kind of user token is wanted. */
export const TokenWish = Type.Object({
  /** App name that the client must declare. */
  appId: Type.Optional(Type.String({ maxLength: limits.nameLength })),
  /** Minutes; 0 for ever. */
  expiry: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 * 365 * 24 * 60 })),
  /** Newer tokens are not bound to an app name. */
  v2: Type.Optional(Type.Boolean()),
});

export const tokenWishSpellings = {
  appId: ['user.token.appid', 'user.appid', 'appid'],
  expiry: ['user.token.expiry', 'user.expiry', 'expiry'],
  v2: ['user.token.v2', 'user.v2', 'v2'],
};

/** Issues a token; the answer has it together with the app name to which it is bound. */
export async function issueToken(
  { services }: Call,
  user: User,
  {
    appId,
    expiry,
    v2 = false,
  }: { appId?: string | undefined; expiry?: number | undefined; v2?: boolean | undefined },
): Promise<Answer> {
  const appName = v2 ? null : (appId ?? null);
  const { token } = await services.users.tokens.issue(user, appName, expiry);
  return { token, ...(appName === null ? {} : { appid: appName }) };
}
