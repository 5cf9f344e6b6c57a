/** What frames are made of: numbers, names, the content of a message. */
import Type, { type Static, type TSchema } from 'typebox';
import { limits } from './limits.ts';

const maxInt = Number.MAX_SAFE_INTEGER;
export const Int = (minimum = 0, maximum = maxInt) => Type.Integer({ minimum, maximum });
export const Uint32 = Int(0, 0xffff_ffff);

/** Binary in msgpack, `{"$bytes": "<base64>"}` in JSON. */
export const Bytes = Type.Refine(
  Type.Unsafe<Uint8Array>({ contentMediaType: 'application/octet-stream' }),
  (value) => value instanceof Uint8Array,
  () => 'must be bytes',
);
/** A map, and not bytes: these are objects of JavaScript too. */
export const Plain = <Schema extends TSchema>(schema: Schema) =>
  Type.Refine(
    schema,
    (value: unknown) => !(value instanceof Uint8Array),
    () => 'must be a map',
  );

/** A user's address: any text of the application's choice without control characters and halves of characters. */
export const Address = Type.String({
  minLength: 1,
  maxLength: limits.addressLength,
  pattern: '^[^\\p{Cc}\\p{Cs}]+$',
});
/** Id of a conversation, given by the server. */
export const Conv = Int(1);
/** Place of a message in its conversation: 1, 2, 3 … without gaps. */
export const Seq = Int(1);
/** Id of a message: unique in its app, increasing in time. */
export const Mid = Int(1);
/** Milliseconds since 1970, by the server's clock. */
export const Time = Int(0);
/** Number that a client gives what it asks, to tell the answers apart. */
export const RequestId = Int(1);

/** A change of an earlier message of the same conversation: an entry of the log like a message, but nothing to show. */
export const MessageEvent = Type.Union([
  Type.Literal('edit'),
  Type.Literal('recall'),
  Type.Literal('react'),
  Type.Literal('pin'),
  Type.Literal('vote'),
  Type.Literal('close'),
]);
export type MessageEvent = Static<typeof MessageEvent>;

/** How long a message stays readable, and from when: disappearing messages. */
export const MessageAge = Type.Object({
  seconds: Int(1, limits.expirySeconds),
  from: Type.Union([Type.Literal('sent'), Type.Literal('delivered'), Type.Literal('read')]),
});
export type MessageAge = Static<typeof MessageAge>;

/** Name of a value that a user's devices share. */
export const StateKey = Type.String({
  minLength: 1,
  maxLength: limits.stateKeyLength,
  pattern: '^[^\\p{Cc}\\p{Cs}]+$',
});

/** Of an uploaded file. */
export const FileId = Type.String({ minLength: 32, maxLength: 32, pattern: '^[0-9a-f]+$' });

export const Thumbnail = Type.Refine(
  Bytes,
  (value) => value instanceof Uint8Array && value.length <= limits.thumbnailBytes,
  () => `must have at most ${limits.thumbnailBytes} bytes`,
);

/** How loud what was recorded is, from its beginning to its end: a byte for each of equally long parts. */
const Waveform = Type.Refine(
  Bytes,
  (value) => value instanceof Uint8Array && value.length <= limits.waveformBytes,
  () => `must have at most ${limits.waveformBytes} bytes`,
);

const Line = (maxLength: number) => Type.String({ minLength: 1, maxLength });
const Lines = Type.Array(Line(limits.contactLine), { maxItems: limits.contactLines });

/** How somebody can be reached, as an address book keeps it. */
export const ContactCard = Plain(
  Type.Object({
    name: Line(limits.nameLength),
    organization: Type.Optional(Line(limits.nameLength)),
    /** Of a user of this app. */
    address: Type.Optional(Address),
    phones: Type.Optional(Lines),
    emails: Type.Optional(Lines),
  }),
);
export type ContactCard = Static<typeof ContactCard>;

/** An address of the web. */
export const WebLink = Type.String({ maxLength: limits.previewUrl, pattern: '^https?://' });

/** What a page said about itself when the message was written. The sender carries it: receivers load nothing. */
export const LinkPreview = Plain(
  Type.Object({
    /** As it stands in the text. */
    url: WebLink,
    title: Type.Optional(Line(limits.previewTitle)),
    description: Type.Optional(Line(limits.previewDescription)),
    site: Type.Optional(Line(limits.nameLength)),
    /** A small picture, as JPEG, PNG or WebP. */
    image: Type.Optional(Thumbnail),
  }),
);
export type LinkPreview = Static<typeof LinkPreview>;

/** Made by the caller's device from at least 96 random bits. */
export const CallId = Type.String({
  minLength: limits.callIdMin,
  maxLength: limits.callIdMax,
  pattern: '^[A-Za-z0-9_-]+$',
});

/**
 * How a call ended, as the conversation keeps it: one message per call, sent in the name of the caller. `answered`: the
 * two talked, for so many seconds; `missed`: nobody answered, or the caller gave up; `failed`: it was answered, but no
 * connection came about.
 */
export const CallLog = Type.Object({
  id: CallId,
  outcome: Type.Union([
    Type.Literal('answered'),
    Type.Literal('missed'),
    Type.Literal('declined'),
    Type.Literal('busy'),
    Type.Literal('failed'),
  ]),
  seconds: Int(),
  video: Type.Boolean(),
});
export type CallLog = Static<typeof CallLog>;

/**
 * One emoji, as people see it: at least one character that is a picture, a part of a flag or the frame of a key, and
 * nothing but characters that emoji are made of.
 */
export const Emoji = Type.String({
  minLength: 1,
  maxLength: limits.emojiLength,
  pattern:
    '^(?=.*[\\p{Extended_Pictographic}\\p{Regional_Indicator}\\u20e3])[\\p{Emoji}\\p{Emoji_Component}]+$',
});

/**
 * What a message says. The server stores and carries it unread; fields that it does not know are kept. All of it is
 * plain data, see requirePlainContent.
 */
export const Content = Plain(
  Type.Object({
    text: Type.Optional(Type.String()),
    title: Type.Optional(Type.String()),
    subtitle: Type.Optional(Type.String()),
    footer: Type.Optional(Type.String()),
    data: Type.Optional(Bytes),
    latitude: Type.Optional(Type.Number()),
    longitude: Type.Optional(Type.Number()),
    file: Type.Optional(
      Plain(
        Type.Object({
          /** Of a file that was uploaded to this server; absent for one that is elsewhere. */
          id: Type.Optional(FileId),
          /** Where it is; a link to this server holds for a time only. */
          url: Type.String({ maxLength: 4096 }),
          type: Type.Optional(Int(0, 255)),
          name: Type.Optional(Type.String({ maxLength: limits.fileNameLength })),
          size: Type.Optional(Int()),
          mime: Type.Optional(Type.String({ maxLength: 127 })),
          /** Of a picture or a video, in pixels. */
          width: Type.Optional(Int(1, 65_535)),
          height: Type.Optional(Int(1, 65_535)),
          /** Of what plays, in seconds. */
          duration: Type.Optional(Type.Number({ minimum: 0, maximum: 1e9 })),
          /** A small picture of it, as JPEG, PNG or WebP. */
          thumbnail: Type.Optional(Thumbnail),
          /** A voice or video note: recorded to be played at once. */
          note: Type.Optional(Type.Boolean()),
          waveform: Type.Optional(Waveform),
        }),
      ),
    ),
    /** People whose cards are passed on. */
    contacts: Type.Optional(Type.Array(ContactCard, { minItems: 1, maxItems: limits.contacts })),
    /** Of the first link in the text. */
    preview: Type.Optional(LinkPreview),
    /** A call that took place; written by the server alone. */
    call: Type.Optional(Plain(CallLog)),
    /** How often it was forwarded until it came here; absent when it was not. */
    forwarded: Type.Optional(Int(1)),
    /** Of the event `react` alone: the sender's reaction is there from now on, or not any more. */
    reaction: Type.Optional(Plain(Type.Object({ emoji: Emoji, on: Type.Boolean() }))),
    /** Of the event `pin` alone: the message is pinned from now on, or not any more. */
    pin: Type.Optional(Plain(Type.Object({ on: Type.Boolean() }))),
    /** Of the event `vote` alone: what the sender votes for from now on, by places in the options; none: for nothing. */
    vote: Type.Optional(
      Plain(
        Type.Object({
          options: Type.Array(Int(0, limits.pollOptions - 1), {
            maxItems: limits.pollOptions,
            uniqueItems: true,
          }),
        }),
      ),
    ),
    /** A question; answered by the event `vote`, ended by `close`. */
    poll: Type.Optional(
      Plain(
        Type.Object({
          question: Type.String({ minLength: 1, maxLength: limits.pollQuestionLength }),
          options: Type.Array(Type.String({ minLength: 1, maxLength: limits.pollOptionLength }), {
            minItems: 2,
            maxItems: limits.pollOptions,
          }),
          /** Whether one can vote for several; otherwise for one. */
          multiple: Type.Optional(Type.Boolean()),
        }),
      ),
    ),
    /** Whom the text names, in UTF-16 code units from `start` on. */
    mentions: Type.Optional(
      Type.Array(
        Plain(
          Type.Object({
            start: Int(0, limits.contentBytes),
            length: Int(1, limits.contentBytes),
            /** Absent with `all`. */
            user: Type.Optional(Address),
            /** Everybody in the group. */
            all: Type.Optional(Type.Literal(true)),
          }),
        ),
        { maxItems: limits.mentionsPerMessage },
      ),
    ),
    /** Fields of the application. */
    fields: Type.Optional(Plain(Type.Record(Type.String(), Type.Unknown()))),
  }),
);
export type Content = Static<typeof Content>;
