/** What others have put on a message by events. */
import Type, { type Static } from 'typebox';
import { Address, Seq } from './fields.ts';

/** An emoji and who reacted with it. */
export const Reaction = Type.Object({ emoji: Type.String(), users: Type.Array(Address) });
export type Reaction = Static<typeof Reaction>;

/** All that events up to place `upto` have put on a message; those behind it are still to come. */
export const Marks = Type.Object({ upto: Seq, reactions: Type.Optional(Type.Array(Reaction)) });
export type Marks = Static<typeof Marks>;
