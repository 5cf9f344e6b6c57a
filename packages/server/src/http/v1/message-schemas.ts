/** Messages as the REST API shows them. */
import { limits, type MessageFrame } from '@stoa/protocol';
import Type, { type Static } from 'typebox';
import { contentJson } from '../../content-json.ts';

const Time = (description: string) =>
  Type.Integer({ minimum: 0, description: `${description}, in milliseconds since 1970.` });
const Addresses = Type.Array(Type.String());

export const MessageResource = Type.Object(
  {
    mid: Type.Integer({ minimum: 1, description: 'Id of the message, unique in the app.' }),
    conv: Type.Integer({ minimum: 1, description: 'Id of the conversation.' }),
    seq: Type.Integer({ minimum: 1, description: 'Place in the conversation.' }),
    from: Type.String({ description: 'Address of the sender.' }),
    to: Type.Optional(Type.String({ description: 'Address of the receiver.' })),
    gid: Type.Optional(Type.Integer({ minimum: 1, description: 'The group, of a message to one.' })),
    ts: Time('When it was accepted'),
    type: Type.Integer({ minimum: 0 }),
    flags: Type.Integer({ minimum: 0 }),
    ref: Type.Optional(Type.Integer({ description: 'Id of the message that it answers.' })),
    edited: Type.Optional(Time('When it was last edited')),
    gone: Type.Optional(Type.String({ description: 'Why only the place of the message is left.' })),
    content: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'What it says.' })),
    reactions: Type.Array(Type.Object({ emoji: Type.String(), users: Addresses })),
    votes: Type.Array(Type.Object({ option: Type.Integer({ minimum: 0 }), users: Addresses }), {
      description: 'Of a poll: who votes for which option, by its place.',
    }),
    pinned: Type.Optional(Type.Object({ user: Type.String(), ts: Time('When it was pinned') })),
    closed: Type.Optional(Time('When the poll was closed')),
  },
  {
    $id: 'Message',
    examples: [
      {
        mid: 1387628,
        conv: 3,
        seq: 12,
        from: 'alice',
        to: 'bob',
        ts: 1767225600000,
        type: 0,
        flags: 3,
        content: { text: 'Tea at five?' },
        reactions: [{ emoji: '👍', users: ['bob'] }],
        votes: [],
      },
    ],
  },
);

/** A question in a new message. */
export const Poll = Type.Object(
  {
    question: Type.String({ minLength: 1, maxLength: limits.pollQuestionLength }),
    options: Type.Array(Type.String({ minLength: 1, maxLength: limits.pollOptionLength }), {
      minItems: 2,
      maxItems: limits.pollOptions,
    }),
    multiple: Type.Optional(Type.Boolean({ description: 'Whether one can vote for several options.' })),
  },
  { description: 'A question, answered by votes.' },
);

export function messageResource({ content, marks, ...frame }: MessageFrame): Static<typeof MessageResource> {
  const { mid, conv, seq, from, to, gid, ts, type, flags, ref, edited, gone } = frame;
  const { reactions = [], votes = [], pinned, closed } = marks ?? {};
  return {
    mid,
    conv,
    seq,
    from,
    ...(to === undefined ? {} : { to }),
    ...(gid === undefined ? {} : { gid }),
    ts,
    type,
    flags,
    ...(ref === undefined ? {} : { ref }),
    ...(edited === undefined ? {} : { edited }),
    ...(gone === undefined ? {} : { gone }),
    ...(content === undefined ? {} : { content: contentJson(content) }),
    reactions,
    votes,
    ...(pinned === undefined ? {} : { pinned }),
    ...(closed === undefined ? {} : { closed }),
  };
}
