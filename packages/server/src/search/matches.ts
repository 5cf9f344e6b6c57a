import type { Content } from '@stoa/protocol';

/**
 * Whether all words of the query occur in what a message says: text, title, subtitle, footer, name of the file, or question
 * and options of a poll, in any order, also within other words. Case and the way in which characters are written (composed or not, wide or
 * narrow) make no difference.
 *
 * @example
 * matcherOf('tea five')({ text: 'Five cups of TEA' }); // true
 */
export function matcherOf(query: string): (content: Content) => boolean {
  const words = normalised(query).split(/\s+/u).filter(Boolean);
  return ({ text, title, subtitle, footer, file, poll }) => {
    const parts = [text, title, subtitle, footer, file?.name, poll?.question, ...(poll?.options ?? [])];
    const said = normalised(parts.filter(Boolean).join('\n'));
    return words.length > 0 && words.every((word) => said.includes(word));
  };
}

const normalised = (text: string): string => text.normalize('NFKC').toLowerCase().normalize('NFKC');
