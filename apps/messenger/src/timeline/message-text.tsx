import type { Content } from '@stoa/protocol';
import { splitLinks } from './links.ts';
import { splitMentions } from './mentions.ts';
import styles from './message-body.module.css';

/** Text as it was written, with its web addresses as links and those whom it names made to stand out. */
export function MessageText({ text, mentions = [] }: { text: string; mentions?: Content['mentions'] }) {
  if (mentions.length === 0) return <Linked text={text} />;
  return splitMentions(text, mentions).map(({ at, text: part, isMention }) =>
    isMention ? (
      <strong key={at} className={styles.mention}>
        {part}
      </strong>
    ) : (
      <Linked key={at} text={part} />
    ),
  );
}

function Linked({ text }: { text: string }) {
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
