import { limits, type ProfileSettings } from '@stoa/protocol';
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
/** How many he may make; 0 for any number. */
const MaxGroups = Type.Optional(Type.Integer({ minimum: 0, maximum: 0xffff_ffff }));

const { address } = userNameSpellings;
const profileSpellings = {
  name: [...either('user', 'name'), 'user.profile.name'],
  active: either('user', 'active'),
  flag: either('user', 'flag', 'flags'),
  maxGroups: either('user', 'groups'),
  status: ['user.profile.status', ...either('user', 'status')],
  image: ['user.profile.image', ...either('user', 'image')],
};
const saidOfUser = {
  status: Type.Optional(Type.String({ maxLength: limits.profileStatusLength })),
  image: Type.Optional(Type.String({ maxLength: limits.pictureUrlLength })),
};

/** What of the parameters belongs into the profile. */
function profileOf({
  name,
  status,
  image,
}: Record<'name' | 'status' | 'image', string | undefined>): ProfileSettings {
  return {
    ...(name !== undefined && { name }),
    ...(status !== undefined && { status }),
    ...(image !== undefined && { picture: { url: image } }),
  };
}

/** Makes or changes a user and gives him a token; with `otp`, only when the one-time code is right. */
const useradd = operation({
  names: ['useradd'],
  by: appCaller,
  parameters: Type.Object({
    address: Address,
    name: Type.Optional(Name),
    active: Type.Optional(Type.Boolean()),
    flag: Type.Optional(Flag),
    maxGroups: MaxGroups,
    ...saidOfUser,
    otp: Type.Optional(Type.String({ maxLength: 32 })),
    ...TokenWish.properties,
  }),
  spellings: { address, ...profileSpellings, otp: either('user', 'otp'), ...tokenWishSpellings },
  run: async ({ otp, appId, expiry, v2, status, image, ...wanted }, { aid }, call) => {
    const { users, otps, profiles } = call.services;
    if (otp !== undefined) await otps.consume(aid, wanted.address, otp);
    const { user, created } = await users.add(aid, wanted);
    const said = profileOf({ name: created ? undefined : wanted.name, status, image });
    if (Object.keys(said).length > 0) await profiles.set(user, said);
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
    maxGroups: MaxGroups,
    ...saidOfUser,
    removeTokens: Type.Optional(Type.Boolean()),
  }),
  spellings: { ...userNameSpellings, ...profileSpellings, removeTokens: ['user.token.remove'] },
  run: async ({ uid, address, removeTokens, name, status, image, ...change }, app, call) => {
    const { users, profiles } = call.services;
    const found = await findUser(call, app, { uid, address });
    const said = profileOf({ name, status, image });
    if (Object.keys(said).length > 0) await profiles.set(found, said);
    const named = { ...found, name: name ?? found.name };
    const user = Object.keys(change).length > 0 ? await users.update(found, change) : named;
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
