import { limits } from '@stoa/protocol';
import { Address } from '@stoa/protocol/validate';
import Type from 'typebox';
import { userAnswer } from './answers.ts';
import { appCaller } from './callers.ts';
import { findUser, UserName, userNameSpellings } from './find-user.ts';
import { issueToken, TokenWish, tokenWishSpellings } from './issue-token.ts';
import { operation } from './operation.ts';
import { either, valueAt } from './parameters.ts';

const Name = Type.String({ maxLength: limits.nameLength });
const Flag = Type.Integer({ minimum: 0, maximum: 0xffff_ffff });

const { address } = userNameSpellings;
const profileSpellings = {
  name: [...either('user', 'name'), 'user.profile.name'],
  active: either('user', 'active'),
  flag: either('user', 'flag', 'flags'),
};

/** Makes or changes a user and gives him a token; with `otp`, only when the one-time code is right. */
const useradd = operation({
  names: ['useradd'],
  by: appCaller,
  parameters: Type.Object({
    address: Address,
    name: Type.Optional(Name),
    active: Type.Optional(Type.Boolean()),
    flag: Type.Optional(Flag),
    otp: Type.Optional(Type.String({ maxLength: 32 })),
    ...TokenWish.properties,
  }),
  spellings: { address, ...profileSpellings, otp: either('user', 'otp'), ...tokenWishSpellings },
  run: async ({ otp, appId, expiry, v2, ...wanted }, { aid }, call) => {
    const { users, otps } = call.services;
    if (otp !== undefined) await otps.consume(aid, wanted.address, otp);
    const { user, created } = await users.add(aid, wanted);
    // In the JSON form, the object `token` asks for one; an existing user is changed without making tokens.
    const isFlat = typeof valueAt(call.raw, 'user') !== 'object';
    const wantsToken = created || isFlat || typeof valueAt(call.raw, 'user.token') === 'object';
    const token = wantsToken ? await issueToken(call, user, { appId, expiry, v2 }) : {};
    return { user: { ...userAnswer(user), ...token } };
  },
});

/** Changes a user; `token: {remove: true}` revokes all his tokens. */
const userset = operation({
  names: ['userset'],
  by: appCaller,
  parameters: Type.Object({
    ...UserName.properties,
    name: Type.Optional(Name),
    active: Type.Optional(Type.Boolean()),
    flag: Type.Optional(Flag),
    removeTokens: Type.Optional(Type.Boolean()),
  }),
  spellings: { ...userNameSpellings, ...profileSpellings, removeTokens: ['user.token.remove'] },
  run: async ({ uid, address, removeTokens, ...change }, app, call) => {
    const { users } = call.services;
    const found = await findUser(call, app, { uid, address });
    const user = Object.keys(change).length > 0 ? await users.update(found, change) : found;
    if (removeTokens) await users.tokens.revokeAll(user);
    return { user: userAnswer(user) };
  },
});

/** Removes a user; with `erase`, his messages lose their content, and he his name and address. */
const userdel = operation({
  names: ['userdel', 'deluser'],
  by: appCaller,
  parameters: Type.Object({
    ...UserName.properties,
    erase: Type.Optional(Type.Boolean()),
    userToken: Type.Optional(Type.String({ maxLength: 256 })),
  }),
  spellings: {
    ...userNameSpellings,
    erase: either('user', 'erase'),
    userToken: ['user.token', 'usertoken'],
  },
  run: async ({ uid, address, erase, userToken }, app, call) => {
    const { users, erasures } = call.services;
    // By his number, one who was removed before can be erased, too.
    if (erase === true && uid !== undefined) {
      await erasures.begin(app.aid, uid);
      return { user: { uid } };
    }
    // mesibo's documentation gives this operation for deleting a token, too.
    if (userToken !== undefined && uid === undefined && address === undefined) {
      await users.tokens.revokeToken(userToken, app.aid);
      return {};
    }
    const user = await findUser(call, app, { uid, address });
    if (erase === true) await erasures.begin(app.aid, user.uid);
    else await users.remove(user);
    return { user: { uid: user.uid } };
  },
});

/** Users in the order of their addresses, at the most 100; `*` in the address stands for any text. */
const usersget = operation({
  names: ['usersget', 'users'],
  by: appCaller,
  parameters: Type.Object({
    pattern: Type.Optional(Type.String({ maxLength: limits.addressLength })),
    count: Type.Optional(Type.Integer({ minimum: 1 })),
  }),
  spellings: { pattern: address, count: either('user', 'count') },
  run: async ({ pattern, count = 20 }, { aid }, { services }) => {
    const limit = Math.min(count, 100);
    const page = await services.users.list(aid, { limit, ...(pattern === undefined ? {} : { pattern }) });
    return { users: page.users.map(userAnswer), count: page.users.length };
  },
});

export const userOperations = [useradd, userset, userdel, usersget];
