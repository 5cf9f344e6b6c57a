import { type LocalMessage, targetOf } from '@stoa/client';
import { useNow } from '../hooks/use-now.ts';
import { contentSummary } from '../ui/content-summary.ts';
import controls from '../ui/controls.module.css';
import { listTime } from '../ui/time.ts';
import styles from './found-messages.module.css';
import type { MessageSearch } from './use-message-search.ts';

/** The messages that a search has found; each leads to its place. */
export function FoundMessages({
  search: { messages, state, more },
  nameOf,
  onChoose,
}: {
  search: MessageSearch;
  /** What stands above a message: with whom, or by whom. */
  nameOf: (message: LocalMessage) => string;
  onChoose: (message: LocalMessage) => void;
}) {
  const now = useNow();
  return (
    <>
      <ul className={styles.list} aria-label="Messages">
        {messages.map((message) => (
          <li key={`${message.conversation} ${message.mid} ${message.id}`}>
            <button type="button" className={styles.found} onClick={() => onChoose(message)}>
              <span className={styles.name}>{nameOf(message)}</span>
              <time className={styles.time} dateTime={new Date(message.ts).toISOString()}>
                {listTime(message.ts, now)}
              </time>
              <span className={styles.text}>{contentSummary(message)}</span>
            </button>
          </li>
        ))}
      </ul>
      {more !== undefined && (
        <button type="button" className={controls.quiet} onClick={more}>
          {state === 'failed' ? 'Try again' : 'More messages'}
        </button>
      )}
      <p role="status" className={styles.status}>
        {state === 'searching' && 'Searching…'}
        {state === 'found' && messages.length === 0 && 'No messages found.'}
        {state === 'failed' &&
          (messages.length === 0
            ? 'Messages cannot be searched at the moment.'
            : 'More messages cannot be loaded at the moment.')}
      </p>
    </>
  );
}

/** With whom the chat of a message is. */
export function addressOf({ conversation }: LocalMessage): string {
  const target = targetOf(conversation);
  return 'peer' in target ? target.peer : `group ${target.gid}`;
}
