import type { LocalMessage } from '@stoa/client';
import { memo } from 'react';
import { contentSummary } from '../ui/content-summary.ts';
import controls from '../ui/controls.module.css';
import { MessageTicks } from '../ui/message-ticks.tsx';
import { timeOf } from '../ui/time.ts';
import { FailedMessage } from './failed-message.tsx';
import styles from './message-bubble.module.css';
import { MessageText } from './message-text.tsx';

/** One message: what it says, when, and (own messages) how far it has got. */
export const MessageBubble = memo(function MessageBubble({
  message,
  author,
  first,
  last,
  divider,
  focusKey,
  tabIndex,
}: {
  message: LocalMessage;
  author: string;
  first: boolean;
  last: boolean;
  divider: boolean;
  focusKey: string;
  tabIndex: 0 | -1;
}) {
  const { outgoing, content, status, ts } = message;
  const text = content?.text;
  return (
    <>
      {divider && (
        <p className={styles.divider} data-divider>
          Unread messages
        </p>
      )}
      <article
        className={styles.row}
        data-own={outgoing}
        data-first={first}
        data-last={last}
        data-unread={status === 'unread' ? message.order : undefined}
        data-roving={focusKey}
        tabIndex={tabIndex}
      >
        <div className={styles.bubble}>
          <span className={controls.hidden}>{author}: </span>
          <span dir="auto">
            {text === undefined ? <em>{contentSummary(message)}</em> : <MessageText text={text} />}
          </span>
          <span className={styles.meta}>
            <time dateTime={new Date(ts).toISOString()}>{timeOf(ts)}</time>
            {outgoing && <MessageTicks status={status} />}
          </span>
        </div>
        {(status === 'failed' || status === 'blocked') && <FailedMessage message={message} />}
      </article>
    </>
  );
});
