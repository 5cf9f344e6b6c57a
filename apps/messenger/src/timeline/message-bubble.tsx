import type { LocalMessage } from '@stoa/client';
import { MessagesSquare, Timer } from 'lucide-react';
import { type KeyboardEvent, type MouseEvent, memo, useState } from 'react';
import { useLongPress } from '../hooks/use-long-press.ts';
import controls from '../ui/controls.module.css';
import { MessageTicks } from '../ui/message-ticks.tsx';
import { timeOf } from '../ui/time.ts';
import { FailedMessage } from './failed-message.tsx';
import type { MessageAction } from './message-actions.ts';
import { MessageBody } from './message-body.tsx';
import styles from './message-bubble.module.css';
import { MessageMenu } from './message-menu.tsx';
import { Reactions } from './reactions.tsx';
import { ReplyQuote } from './reply-quote.tsx';

export interface MessageHandlers {
  authorOf(message: LocalMessage): string;
  onAction(action: MessageAction, message: LocalMessage): void;
  onReact(message: LocalMessage, emoji: string, on: boolean): void;
  /** Leads to the message that the server calls `mid`. */
  onJump(mid: number): void;
}

/** One message: what it says, when, (own messages) how far it has got, and what can be done with it. */
export const MessageBubble = memo(function MessageBubble({
  message,
  handlers,
  first,
  last,
  divider,
  found,
  answers,
  focusKey,
  tabIndex,
}: {
  message: LocalMessage;
  handlers: MessageHandlers;
  first: boolean;
  last: boolean;
  divider: boolean;
  /** Somebody has just been led to it. */
  found: boolean;
  /** How many messages answer it. */
  answers: number;
  focusKey: string;
  tabIndex: 0 | -1;
}) {
  const { conversation, outgoing, status, ref, gone } = message;
  const [isMenuOpen, setMenuOpen] = useState(false);
  const touch = useLongPress(() => setMenuOpen(true));

  function onContextMenu(event: MouseEvent): void {
    // Links and marked text keep the browser's own menu.
    const isLink = event.target instanceof Element && event.target.closest('a') !== null;
    if (isLink || window.getSelection()?.isCollapsed === false) return;
    event.preventDefault();
    setMenuOpen(true);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.target !== event.currentTarget || event.key !== 'Enter') return;
    event.preventDefault();
    setMenuOpen(true);
  }

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
        data-found={found}
        data-unread={status === 'unread' ? message.order : undefined}
        data-mid={message.mid}
        data-roving={focusKey}
        tabIndex={tabIndex}
        onContextMenu={onContextMenu}
        onKeyDown={onKeyDown}
        {...touch}
      >
        <div className={styles.bubble}>
          {first && !outgoing && conversation.startsWith('g:') ? (
            <strong className={styles.author}>
              {handlers.authorOf(message)}
              <span className={controls.hidden}>: </span>
            </strong>
          ) : (
            <span className={controls.hidden}>{handlers.authorOf(message)}: </span>
          )}
          {ref !== undefined && gone === undefined && (
            <ReplyQuote answer={message} authorOf={handlers.authorOf} onJump={handlers.onJump} />
          )}
          <MessageBody message={message} />
          <MessageMeta message={message} />
          <MessageMenu
            message={message}
            open={isMenuOpen}
            onOpenChange={setMenuOpen}
            onAction={handlers.onAction}
            onReact={handlers.onReact}
          />
        </div>
        <Reactions message={message} onReact={handlers.onReact} />
        {answers > 0 && gone === undefined && (
          <button
            type="button"
            className={styles.answers}
            onClick={() => handlers.onAction('thread', message)}
          >
            <MessagesSquare size={14} aria-hidden />
            {answers === 1 ? '1 reply' : `${answers} replies`}
          </button>
        )}
        {(status === 'failed' || status === 'blocked') && <FailedMessage message={message} />}
      </article>
    </>
  );
});

function MessageMeta({
  message: { ts, outgoing, status, edited, age, changing, gone, content },
}: {
  message: LocalMessage;
}) {
  // A call was there or not: the server writes of it, and nobody waits for its receipt.
  const hasTicks = outgoing && gone === undefined && content?.call === undefined;
  const isEdited = gone === undefined && (edited !== undefined || changing === 'edit');
  return (
    <span className={styles.meta}>
      {age !== undefined && gone === undefined && (
        <Timer size={14} role="img" aria-label="Disappears">
          <title>Disappears</title>
        </Timer>
      )}
      {isEdited && 'edited '}
      <time dateTime={new Date(ts).toISOString()}>{timeOf(ts)}</time>
      {hasTicks && <MessageTicks status={changing === undefined ? status : 'outbox'} />}
    </span>
  );
}
