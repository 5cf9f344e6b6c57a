import type { Content } from '@stoa/protocol';

type Mentions = NonNullable<Content['mentions']>;

/**
 * Whom a text names: `@address`, as it may be typed in a group; `@all`, where the user may, names everybody in it.
 *
 * @param known addresses that are found although they are not of letters and digits alone
 */
export function mentionsIn(text: string, mayCallAll = false, known: readonly string[] = []): Mentions {
  // The longest first: one may begin like another.
  const names = known.toSorted((a, b) => b.length - a.length).map((name) => `${literally(name)}${end}`);
  return [...text.matchAll(new RegExp(`(?<=^|\\s)@(${[...names, anyAddress].join('|')})`, 'gu'))]
    .slice(0, mostMentions)
    .map(({ index: start, 0: typed, 1: user = '' }) => {
      const place = { start, length: typed.length };
      return mayCallAll && user.toLowerCase() === 'all' ? { ...place, all: true } : { ...place, user };
    });
}

/** A text in parts: those that name somebody, and those between. */
export function splitMentions(
  text: string,
  mentions: Mentions,
): { readonly at: number; readonly text: string; readonly isMention: boolean }[] {
  const parts = [];
  let at = 0;
  for (const { start, length } of mentions.toSorted((a, b) => a.start - b.start)) {
    if (start < at || start + length > text.length) continue;
    if (start > at) parts.push({ at, text: text.slice(at, start), isMention: false });
    parts.push({ at: start, text: text.slice(start, start + length), isMention: true });
    at = start + length;
  }
  if (at < text.length) parts.push({ at, text: text.slice(at), isMention: false });
  return parts;
}

const mostMentions = 50;

/** Without the full stop of a sentence. */
const anyAddress = String.raw`[\p{L}\p{N}+](?:[\p{L}\p{N}._+-]*[\p{L}\p{N}_+-])?`;
/** Where the address does not go on. */
const end = String.raw`(?![\p{L}\p{N}]|[._+@-]+[\p{L}\p{N}])`;

const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
