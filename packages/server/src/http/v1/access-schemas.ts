/** Resources of the REST API that are about access. */
import Type from 'typebox';

export const AccessPolicy = Type.Object(
  {
    policy: Type.Integer({ minimum: 0, description: 'Number of the policy.' }),
    name: Type.String(),
    rules: Type.Record(Type.String(), Type.Unknown(), { description: 'The rules, as they were set.' }),
    ignored: Type.Array(Type.String(), { description: 'Names of rules that have no effect on this server.' }),
  },
  {
    $id: 'AccessPolicy',
    examples: [{ policy: 7, name: 'guests', rules: { group: { create: false } }, ignored: [] }],
  },
);

export const UserAccess = Type.Object(
  {
    policy: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], {
      description:
        'The policy that the user was given; null when none: then he has number 0, if there is one.',
    }),
  },
  { $id: 'UserAccess', examples: [{ policy: 7 }] },
);

export const accessResources = [AccessPolicy, UserAccess] as const;
