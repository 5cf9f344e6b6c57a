import { type LocalMessage, targetOf } from '@stoa/client';
import { Forward } from 'lucide-react';
import { CallEntry } from '../calls/call-entry.tsx';
import { MessageFile } from '../files/message-file.tsx';
import { contentSummary } from '../ui/content-summary.ts';
import { ContactCards, PlaceCard } from './cards.tsx';
import { LinkCard } from './link-card.tsx';
import styles from './message-body.module.css';
import { MessageText } from './message-text.tsx';
import { Poll } from './poll.tsx';

/** What a message says: its texts, a place, a file. Of one that is gone, that it was here. */
export function MessageBody({ message }: { message: LocalMessage }) {
  const { content } = message;
  if (content === undefined) {
    return (
      <span dir="auto" className={styles.gone}>
        {contentSummary(message)}
      </span>
    );
  }
  const target = targetOf(message.conversation);
  if (content.call !== undefined && 'peer' in target) {
    return <CallEntry log={content.call} peer={target.peer} outgoing={message.outgoing} />;
  }
  if (content.poll !== undefined) return <Poll message={message} />;
  const { title, subtitle, text, footer, file, latitude, longitude, contacts, preview, forwarded } = content;
  const place = latitude !== undefined && longitude !== undefined ? { latitude, longitude } : undefined;
  const isPlain = text !== undefined && text !== '';
  return (
    <>
      {forwarded !== undefined && (
        <span className={styles.forwarded}>
          <Forward size={14} /> Forwarded
        </span>
      )}
      {title && <strong className={styles.title}>{title}</strong>}
      {subtitle && <span className={styles.subtitle}>{subtitle}</span>}
      <span dir="auto">
        {isPlain ? (
          <MessageText text={text} mentions={content.mentions} />
        ) : (
          !title && !place && !file && !contacts && <em>{contentSummary(message)}</em>
        )}
      </span>
      {preview !== undefined && <LinkCard preview={preview} />}
      {file !== undefined && <MessageFile file={file} />}
      {place !== undefined && <PlaceCard {...place} />}
      {contacts !== undefined && <ContactCards contacts={contacts} />}
      {footer && <span className={styles.footer}>{footer}</span>}
    </>
  );
}
