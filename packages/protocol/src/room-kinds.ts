import { groupFlags } from './group-flags.ts';

const { publishBySelected, listBySelected, subscribeByAnyone, waitingRoom, messagesWait } = groupFlags;

/** Flags of groups for the usual kinds of rooms. Whoever makes a group can name one instead of the flags. */
export const roomKinds = {
  /** Everybody speaks, watches, and sees who is there. */
  conference: 0,
  /** One teaches; the others wait to be admitted, see each other and write, and speak when they are promoted. */
  class: publishBySelected | waitingRoom | messagesWait,
  /** A few speak to the members, who do not see each other. */
  webinar: publishBySelected | listBySelected,
  /** A few speak to whoever comes. */
  openWebinar: publishBySelected | listBySelected | subscribeByAnyone,
} as const;

export type RoomKind = keyof typeof roomKinds;
