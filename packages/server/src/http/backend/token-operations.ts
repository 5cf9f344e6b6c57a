import { StoaError } from '@stoa/protocol';
import Type from 'typebox';
import { userAnswer } from './answers.ts';
import { appCaller, revokingCaller } from './callers.ts';
import { findUser, UserName, userNameSpellings } from './find-user.ts';
import { issueToken, TokenWish, tokenWishSpellings } from './issue-token.ts';
import { operation } from './operation.ts';

/** Makes another token for a user. */
const usertoken = operation({
  names: ['usertoken'],
  by: appCaller,
  parameters: Type.Object({ ...UserName.properties, ...TokenWish.properties }),
  spellings: { ...userNameSpellings, ...tokenWishSpellings },
  run: async ({ uid, address, ...wish }, app, call) => {
    const user = await findUser(call, app, { uid, address });
    return { user: { ...userAnswer(user), ...(await issueToken(call, user, wish)) } };
  },
});

/**
 * Revokes a user token: the one that an app names in `usertoken` (`user.token` in JSON), all tokens of the user that
 * it names instead, or the one that is sent as `token` by its holder.
 */
const deltoken = operation({
  names: ['deltoken'],
  by: revokingCaller,
  parameters: Type.Object({
    ...UserName.properties,
    userToken: Type.Optional(Type.String({ maxLength: 256 })),
  }),
  spellings: { ...userNameSpellings, userToken: ['user.token', 'usertoken'] },
  run: async ({ uid, address, userToken }, who, call) => {
    const { tokens } = call.services.users;
    if ('userToken' in who) {
      // Whoever names somebody else's token or user must prove to be the app.
      if ((userToken ?? uid ?? address) !== undefined) throw new StoaError('BAD_CREDENTIALS');
      await tokens.revokeToken(who.userToken);
    } else if (userToken !== undefined) await tokens.revokeToken(userToken, who.app.aid);
    else await tokens.revokeAll(await findUser(call, who.app, { uid, address }));
    return {};
  },
});

export const tokenOperations = [usertoken, deltoken];
