import { type Content, limits, StoaError } from '@stoa/protocol';
import Type, { type Static } from 'typebox';
import { requirePlain } from '../plain-content.ts';
import { either } from './parameters.ts';

const Text = Type.String({ maxLength: limits.contentBytes });

/** What a message says, in both forms of the API. */
export const MessageContent = Type.Object({
  text: Type.Optional(Text),
  /** The object of the JSON form, or the text itself in the flat one. */
  message: Type.Optional(Type.Union([Text, Type.Object({})])),
  title: Type.Optional(Text),
  subtitle: Type.Optional(Text),
  footer: Type.Optional(Text),
  url: Type.Optional(Type.String({ maxLength: 4096 })),
  latitude: Type.Optional(Type.Number({ minimum: -90, maximum: 90 })),
  longitude: Type.Optional(Type.Number({ minimum: -180, maximum: 180 })),
  channel: Type.Optional(Type.Integer({ minimum: 0, maximum: 0xffff_ffff })),
});

export const messageContentSpellings = {
  text: either('message', 'msg', 'text').concat('message.message'),
  message: ['message'],
  title: either('message', 'title'),
  subtitle: either('message', 'subtitle'),
  footer: either('message', 'footer'),
  url: either('message', 'url'),
  latitude: either('message', 'latitude'),
  longitude: either('message', 'longitude'),
  channel: either('message', 'channel'),
};

/** @throws StoaError BAD_REQUEST when it says nothing */
export function contentOf(parameters: Static<typeof MessageContent>): Content {
  const { message, title, subtitle, footer, url, latitude, longitude, channel } = parameters;
  const text = parameters.text ?? (typeof message === 'string' ? message : undefined);
  const content: Content = {
    ...(text === undefined ? {} : { text }),
    ...(title === undefined ? {} : { title }),
    ...(subtitle === undefined ? {} : { subtitle }),
    ...(footer === undefined ? {} : { footer }),
    ...(url === undefined ? {} : { file: { url } }),
    ...(latitude === undefined ? {} : { latitude }),
    ...(longitude === undefined ? {} : { longitude }),
  };
  if (Object.keys(content).length === 0) {
    throw new StoaError('BAD_REQUEST', '"message" must be given (or a title, a url or a location).');
  }
  return requirePlain(channel ? { ...content, fields: { channel } } : content);
}
