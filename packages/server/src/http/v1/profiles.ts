import { limits, type ProfileInfo } from '@stoa/protocol';
import { Address, FileId } from '@stoa/protocol/validate';
import Type, { type Static } from 'typebox';
import { ProfileResource } from './profile-schemas.ts';
import { callerOf, type V1Scope, type V1Services } from './route-context.ts';
import { answers, ref } from './schemas.ts';

const tags = ['Profiles'];
const security = [{ appToken: [] }];

const OfUser = Type.Object({ address: Address });

const ProfileChange = Type.Object(
  {
    name: Type.Optional(Type.String({ maxLength: limits.nameLength })),
    status: Type.Optional(Type.String({ maxLength: limits.profileStatusLength })),
    picture: Type.Optional(
      Type.Union(
        [
          Type.Object({
            id: Type.Optional(FileId),
            url: Type.Optional(Type.String({ minLength: 1, maxLength: limits.pictureUrlLength })),
          }),
          Type.Null(),
        ],
        { description: 'A file that the user has uploaded, or an address; null removes it.' },
      ),
    ),
    fields: Type.Optional(
      Type.Record(Type.String({ minLength: 1, maxLength: limits.profileKeyLength }), Type.Unknown(), {
        maxProperties: limits.profileFields,
        description: 'Values that are set; those that are null are removed.',
      }),
    ),
  },
  { examples: [{ status: 'At a tea party', fields: { team: 'hatter' } }] },
);

/** What users say of themselves, for the app: it sees all of it, and may change it. */
export function profileRoutes(scope: V1Scope, { users, profiles }: V1Services): void {
  scope.get(
    '/users/:address/profile',
    {
      schema: {
        operationId: 'getProfile',
        summary: 'Read the profile of a user',
        tags,
        security,
        params: OfUser,
        response: answers(200, ref(ProfileResource), 'The profile.'),
      },
    },
    async (request) => {
      const { uid } = await users.byAddress(callerOf(request).aid, request.params.address);
      return profileResource(await profiles.own(uid));
    },
  );

  scope.patch(
    '/users/:address/profile',
    {
      schema: {
        operationId: 'updateProfile',
        summary: 'Change the profile of a user',
        description:
          'What is not given stays as it is. His devices are told, and those of whoever watches him.',
        tags,
        security,
        params: OfUser,
        body: ProfileChange,
        response: answers(200, ref(ProfileResource), 'The profile as it is now.'),
      },
    },
    async (request) => {
      const user = await users.byAddress(callerOf(request).aid, request.params.address);
      const { picture, fields, ...change } = request.body;
      return profileResource(
        await profiles.set(user, {
          ...change,
          ...(picture !== undefined && { picture: picture ?? {} }),
          ...(fields !== undefined && {
            fields: Object.entries(fields).map(([key, value]) => (value === null ? { key } : { key, value })),
          }),
        }),
      );
    },
  );
}

function profileResource({
  user: address,
  name,
  status = '',
  picture,
  fields = [],
}: ProfileInfo): Static<typeof ProfileResource> {
  return {
    address,
    name,
    status,
    picture:
      picture === undefined
        ? null
        : { ...(picture.id !== undefined && { id: picture.id }), url: picture.url },
    fields: Object.fromEntries(fields.map(({ key, value }) => [key, value])),
  };
}
