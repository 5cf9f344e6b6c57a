import type { Content, Marks, MessageEvent, Reaction } from '@stoa/protocol';
import type { MarkDelta, MarksRecord, ShownMarks } from '../store/index.ts';

/** Whether an event puts something on its target, instead of changing what that says. */
export function isMarkEvent(event: MessageEvent): boolean {
  return event === 'react';
}

/**
 * What is known of the marks of a message after the server has told all that are on it. Undefined when nothing is. What
 * events behind that have told stays.
 */
export function withSnapshot(
  known: MarksRecord | undefined,
  told: Marks | undefined,
): MarksRecord | undefined {
  if (told === undefined || (known !== undefined && known.upto >= told.upto)) return known;
  const later = known?.later.filter(({ seq }) => seq > told.upto) ?? [];
  return recordOf(told.upto, shownOf(told), later);
}

/**
 * What is known after one more event. Events count in the order of their places, whatever the order in which they come.
 *
 * @param isComplete whether everything between the message and the event is known
 */
export function withDelta(
  known: MarksRecord | undefined,
  delta: MarkDelta,
  isComplete: boolean,
): MarksRecord | undefined {
  const { upto, base, later } = known ?? { upto: 0, base: {}, later: [] };
  if (delta.seq <= upto || later.some(({ seq }) => seq === delta.seq)) return known;
  const deltas = [...later, delta].sort((a, b) => a.seq - b.seq);
  const after = recordOf(upto, base, deltas);
  const isLast = deltas.at(-1) === delta;
  return isComplete && isLast ? { upto: delta.seq, base: after.shown, later: [], shown: after.shown } : after;
}

/** What is on a message once these events have their effect too. */
export function marked(marks: ShownMarks, deltas: readonly Omit<MarkDelta, 'seq'>[]): ShownMarks {
  return deltas.reduce(withMark, marks);
}

export function sameMarks(a: ShownMarks, b: ShownMarks): boolean {
  return a.reactions === b.reactions || JSON.stringify(a.reactions) === JSON.stringify(b.reactions);
}

/** Reactions that are on `after` and were not on `before`, of others than `self`. */
export function newReactions(
  before: ShownMarks,
  after: ShownMarks,
  self: string,
): { emoji: string; from: string }[] {
  if (before.reactions === after.reactions) return [];
  return (after.reactions ?? []).flatMap(({ emoji, users }) => {
    const known = before.reactions?.find((one) => one.emoji === emoji)?.users ?? [];
    return users.filter((user) => user !== self && !known.includes(user)).map((from) => ({ emoji, from }));
  });
}

function recordOf(upto: number, base: ShownMarks, later: readonly MarkDelta[]): MarksRecord {
  return { upto, base, later, shown: later.length === 0 ? base : marked(base, later) };
}

function shownOf({ reactions }: Marks): ShownMarks {
  return reactions === undefined ? {} : { reactions: sorted(reactions) };
}

function withMark(marks: ShownMarks, { event, user, content }: Omit<MarkDelta, 'seq'>): ShownMarks {
  if (event === 'react' && content.reaction !== undefined) return withReaction(marks, user, content.reaction);
  return marks;
}

function withReaction(
  { reactions = [], ...others }: ShownMarks,
  user: string,
  { emoji, on }: NonNullable<Content['reaction']>,
): ShownMarks {
  const known = reactions.find((one) => one.emoji === emoji)?.users ?? [];
  const without = known.filter((one) => one !== user);
  const users = on && known.includes(user) ? known : [...without, ...(on ? [user] : [])];
  const rest = reactions.filter((one) => one.emoji !== emoji);
  const after = users.length === 0 ? rest : sorted([...rest, { emoji, users: [...users] }]);
  return after.length === 0 ? others : { ...others, reactions: after };
}

/** The most frequent first. */
function sorted(reactions: readonly Reaction[]): Reaction[] {
  return reactions.toSorted(
    (a, b) => b.users.length - a.users.length || (a.emoji < b.emoji ? -1 : Number(a.emoji > b.emoji)),
  );
}
