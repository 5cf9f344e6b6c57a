import { splitLinks } from './links.ts';

/** Text as it was written, with its web addresses as links. */
export function MessageText({ text }: { text: string }) {
  return splitLinks(text).map(({ at, text: part, link }) =>
    link ? (
      <a key={at} href={part} target="_blank" rel="noopener noreferrer">
        {part}
      </a>
    ) : (
      part
    ),
  );
}
