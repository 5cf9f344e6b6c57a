import { type Content, limits } from '@stoa/protocol';
import Type, { type Static } from 'typebox';
import { requirePlain } from '../plain-content.ts';
import { Poll } from './message-schemas.ts';

const Text = (description: string) =>
  Type.Optional(Type.String({ maxLength: limits.contentBytes, description }));

/** What a message says, in JSON: bytes are base64. */
export const MessageContent = Type.Object(
  {
    text: Text('The text.'),
    title: Text('Heading.'),
    subtitle: Text('Second line of the heading.'),
    footer: Text('Line below the text.'),
    data: Type.Optional(
      Type.String({
        maxLength: limits.contentBytes * 2,
        pattern: '^[A-Za-z0-9+/]*={0,2}$',
        contentEncoding: 'base64',
        description: 'Any bytes, in base64.',
      }),
    ),
    latitude: Type.Optional(Type.Number({ minimum: -90, maximum: 90 })),
    longitude: Type.Optional(Type.Number({ minimum: -180, maximum: 180 })),
    file: Type.Optional(
      Type.Object({
        url: Type.String({ minLength: 1, maxLength: 4096 }),
        type: Type.Optional(Type.Integer({ minimum: 0, maximum: 255 })),
        name: Type.Optional(Type.String({ maxLength: 255 })),
        size: Type.Optional(Type.Integer({ minimum: 0 })),
        mime: Type.Optional(Type.String({ maxLength: limits.nameLength })),
      }),
    ),
    poll: Type.Optional(Poll),
    fields: Type.Optional(
      Type.Record(Type.String({ maxLength: limits.nameLength }), Type.Unknown(), {
        description: 'Fields of the application.',
      }),
    ),
  },
  { minProperties: 1, additionalProperties: false },
);

/** @throws StoaError BAD_REQUEST or TOO_LARGE when some client could not read it */
export function contentOf({ data, ...rest }: Static<typeof MessageContent>): Content {
  const bytes = data === undefined ? {} : { data: new Uint8Array(Buffer.from(data, 'base64')) };
  return requirePlain({ ...rest, ...bytes });
}
