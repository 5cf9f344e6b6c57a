import Type from 'typebox';

/** What a user says of himself, as the app sees it. */
export const ProfileResource = Type.Object(
  {
    address: Type.String(),
    name: Type.String({ description: 'Name that is shown to people.' }),
    status: Type.String({ description: 'A line of text; empty when there is none.' }),
    picture: Type.Union(
      [
        Type.Object({
          id: Type.Optional(
            Type.String({ description: 'Of the uploaded file; absent when it is elsewhere.' }),
          ),
          url: Type.String({
            description: 'Where it is; of an uploaded file, a path on this server that holds for a time.',
          }),
        }),
        Type.Null(),
      ],
      { description: 'The picture; null when there is none.' },
    ),
    fields: Type.Record(Type.String(), Type.Unknown(), { description: 'Values of the application.' }),
  },
  {
    $id: 'Profile',
    examples: [
      {
        address: 'alice',
        name: 'Alice Liddell',
        status: 'Down the rabbit-hole',
        picture: null,
        fields: { team: 'tea' },
      },
    ],
  },
);
