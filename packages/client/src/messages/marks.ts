import type { Content, Marks, MessageEvent, Reaction, Votes } from '@stoa/protocol';
import type { MarkDelta, MarksRecord, ShownMarks } from '../store/index.ts';

/** Whether an event puts something on its target, instead of changing what that says. */
export function isMarkEvent(event: MessageEvent): boolean {
  return event !== 'edit' && event !== 'recall' && events.has(event);
}

/**
 * What is known of the marks of a message after the server has told all that are on it. Undefined when nothing is. What
 * events behind that have told stays.
 */
export function withSnapshot(
  known: MarksRecord | undefined,
  told: Marks | undefined,
): MarksRecord | undefined {
  if (told === undefined || (known !== undefined && known.upto > told.upto)) return known;
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
  const differ = names.some((name) => a[name] !== b[name]);
  return !differ || names.every((name) => JSON.stringify(a[name]) === JSON.stringify(b[name]));
}

/** What a message shows without its marks. */
export function withoutMarks<Message extends ShownMarks>(message: Message): Omit<Message, keyof ShownMarks> {
  const { reactions, votes, pinned, pollClosed, ...others } = message;
  return others;
}

/** The marks that a message shows. */
export function marksIn({ reactions, votes, pinned, pollClosed }: ShownMarks): ShownMarks {
  return {
    ...(reactions !== undefined && { reactions }),
    ...(votes !== undefined && { votes }),
    ...(pinned !== undefined && { pinned }),
    ...(pollClosed !== undefined && { pollClosed }),
  };
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

function shownOf({ reactions, votes, pinned, closed }: Marks): ShownMarks {
  return {
    ...(reactions !== undefined && { reactions: sorted(reactions) }),
    ...(votes !== undefined && { votes: inOrder(votes) }),
    ...(pinned !== undefined && { pinned }),
    ...(closed !== undefined && { pollClosed: closed }),
  };
}

function withMark(marks: ShownMarks, { event, user, ts, content }: Omit<MarkDelta, 'seq'>): ShownMarks {
  const { reaction, pin, vote } = content;
  if (event === 'react' && reaction !== undefined) return withReaction(marks, user, reaction);
  if (event === 'vote' && vote !== undefined) {
    return marks.pollClosed === undefined ? withVote(marks, user, vote.options) : marks;
  }
  if (event === 'pin' && pin !== undefined) {
    const { pinned, ...others } = marks;
    return pin.on ? { ...others, pinned: { user, ts } } : others;
  }
  return event === 'close' && marks.pollClosed === undefined ? { ...marks, pollClosed: ts } : marks;
}

function withVote(
  { votes = [], ...others }: ShownMarks,
  user: string,
  options: readonly number[],
): ShownMarks {
  const rest = votes.map(({ option, users }) => ({ option, users: users.filter((one) => one !== user) }));
  for (const option of options) {
    const known = rest.find((one) => one.option === option);
    if (known === undefined) rest.push({ option, users: [user] });
    else known.users.push(user);
  }
  const after = inOrder(rest.filter(({ users }) => users.length > 0));
  return after.length === 0 ? others : { ...others, votes: after };
}

/** By the places of the options. */
const inOrder = (votes: readonly Votes[]): Votes[] => votes.toSorted((a, b) => a.option - b.option);

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

const events = new Set<MessageEvent>(['react', 'pin', 'vote', 'close']);
const names = ['reactions', 'votes', 'pinned', 'pollClosed'] as const;
