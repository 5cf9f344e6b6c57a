/** What others have put on a message by events. */
import Type, { type Static } from 'typebox';
import { Address, Int, Seq, Time } from './fields.ts';

/** An emoji and who reacted with it. */
export const Reaction = Type.Object({ emoji: Type.String(), users: Type.Array(Address) });
export type Reaction = Static<typeof Reaction>;

/** An option of a poll, by its place, and who votes for it. */
export const Votes = Type.Object({ option: Int(), users: Type.Array(Address) });
export type Votes = Static<typeof Votes>;

/** All that events up to place `upto` have put on a message; those behind it are still to come. */
export const Marks = Type.Object({
  upto: Seq,
  reactions: Type.Optional(Type.Array(Reaction)),
  votes: Type.Optional(Type.Array(Votes)),
  /** Who has pinned it, and when. */
  pinned: Type.Optional(Type.Object({ user: Address, ts: Time })),
  /** When the poll was closed. */
  closed: Type.Optional(Time),
});
export type Marks = Static<typeof Marks>;
