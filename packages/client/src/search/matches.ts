import type { Content } from '@stoa/protocol';

/** A test whether a content contains every word of a query, in any case: what the server looks at, too. */
export function matcherOf(query: string): (content: Content | undefined) => boolean {
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return (content) => {
    if (content === undefined || words.length === 0) return false;
    const { text, title, subtitle, footer, file, poll } = content;
    const parts = [text, title, subtitle, footer, file?.name, poll?.question, ...(poll?.options ?? [])];
    const all = parts.join('\n').toLocaleLowerCase();
    return words.every((word) => all.includes(word));
  };
}
