/** What a client can ask about profiles, see operations.ts. */
import Type from 'typebox';
import { Address, Int } from './fields.ts';
import { limits } from './limits.ts';
import { ProfileInfo, profileSettings } from './profile-fields.ts';

export const profileOperations = {
  /** The own profile, with everything in it. */
  'profile.get': { request: Type.Object({}), response: Type.Object({ profile: ProfileInfo }) },
  /** Changes what is named of the own profile and leaves the rest. */
  'profile.set': {
    request: Type.Object(profileSettings),
    response: Type.Object({ profile: ProfileInfo }),
  },
  /** Profiles of others, as far as the user may see them; those whose tag is named and has not changed are left out. */
  'profiles.get': {
    request: Type.Object({
      users: Type.Array(
        Type.Object({
          user: Address,
          tag: Type.Optional(Type.String({ maxLength: limits.profileTagLength })),
        }),
        { minItems: 1, maxItems: limits.profilesPerRequest },
      ),
    }),
    response: Type.Object({
      profiles: Type.Array(ProfileInfo),
      /** Users who do not exist. */
      unknown: Type.Array(Address),
    }),
  },
  /** Users who let themselves be found, whose name begins with the words, and the one with this address. */
  'profiles.search': {
    request: Type.Object({
      query: Type.String({ minLength: 2, maxLength: limits.searchLength }),
      limit: Int(1, limits.profileSearchPage),
      /** From an earlier answer: go on behind it. */
      cursor: Type.Optional(Type.String({ maxLength: 200 })),
    }),
    response: Type.Object({
      profiles: Type.Array(ProfileInfo),
      /** Where to go on; absent when these were the last. A page may be empty and still have one. */
      cursor: Type.Optional(Type.String()),
    }),
  },
} as const;
