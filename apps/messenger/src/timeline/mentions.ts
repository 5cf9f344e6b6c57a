import type { Content } from '@stoa/protocol';

type Mentions = NonNullable<Content['mentions']>;

/**
 * Whom a text names: `@address`, as it may be typed in a group; `@all`, where the user may, names everybody in it.
 *
 * @param known addresses that are found although they are not of letters and digits alone
 */
export function mentionsIn(text: string, mayCallAll = false, known: readonly string[] = []): Mentions {
  // The longest first: one may begin like another.
  const names = known.toSorted((a, b) => b.length - a.length);
  const mentions: Mentions[number][] = [];
  for (const { index: start } of text.matchAll(/(?<=^|\s)@/gu)) {
    const last = mentions.at(-1);
    // In the middle of an address with spaces.
    if (last !== undefined && start < last.start + last.length) continue;
    const user =
      names.find((name) => isNamedAt(text, start + 1, name)) ?? matchAt(anyAddress, text, start + 1);
    if (user === undefined) continue;
    const place = { start, length: 1 + user.length };
    mentions.push(mayCallAll && user.toLowerCase() === 'all' ? { ...place, all: true } : { ...place, user });
    if (mentions.length === mostMentions) break;
  }
  return mentions;
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
const anyAddress = /[\p{L}\p{N}+](?:[\p{L}\p{N}._+-]*[\p{L}\p{N}_+-])?/uy;
/** Where the address does not go on. */
const end = /(?![\p{L}\p{N}]|[._+@-]+[\p{L}\p{N}])/uy;

const isNamedAt = (text: string, place: number, name: string): boolean =>
  text.startsWith(name, place) && matchAt(end, text, place + name.length) !== undefined;

function matchAt(pattern: RegExp, text: string, place: number): string | undefined {
  pattern.lastIndex = place;
  return pattern.exec(text)?.[0];
}
