import { type ConversationId, type LocalMessage, targetOf } from '@stoa/client';
import { SendHorizontal, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { enterSends } from '../composer/enter-sends.ts';
import { MentionList } from '../composer/mention-list.tsx';
import { saying } from '../composer/saying.ts';
import { excessBytes } from '../composer/text-size.ts';
import { TooLong } from '../composer/too-long.tsx';
import { useMentionList } from '../composer/use-mention-list.ts';
import { useMentionable } from '../composer/use-mentionable.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import { FailedMessage } from '../timeline/failed-message.tsx';
import { MessageBody } from '../timeline/message-body.tsx';
import controls from '../ui/controls.module.css';
import { MessageTicks } from '../ui/message-ticks.tsx';
import { timeOf } from '../ui/time.ts';
import styles from './thread-view.module.css';
import { useThread } from './use-thread.ts';

/** The answers to one message, beside the chat, with a field to write another one. Escape closes it. */
export function ThreadView({
  message,
  authorOf,
  canWrite,
  onClose,
}: {
  message: LocalMessage;
  authorOf: (message: LocalMessage) => string;
  canWrite: boolean;
  onClose: () => void;
}) {
  const { parent, ready, answers, more, problem, loadOlder } = useThread(message);
  const end = useRef<HTMLDivElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  // Who only reads is led to it, too.
  useEffect(() => {
    if (!canWrite) heading.current?.focus();
  }, [canWrite]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the newest answer stays in sight.
  useEffect(() => {
    // In some browsers it gives something back, which is nothing to clean up with.
    void end.current?.scrollIntoView({ block: 'end' });
  }, [answers.at(-1)?.order]);
  return (
    <aside
      className={styles.thread}
      aria-labelledby="thread-heading"
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) onClose();
      }}
    >
      <header className={styles.head}>
        <h2 id="thread-heading" ref={heading} tabIndex={-1} className={styles.heading}>
          Thread
        </h2>
        <button type="button" className={controls.icon} aria-label="Close the thread" onClick={onClose}>
          <X size={20} />
        </button>
      </header>
      <div className={styles.messages} role="log" aria-label="Thread">
        <Entry message={parent} authorOf={authorOf} />
        <p className={styles.count}>
          {ready || answers.length > 0
            ? countOf(answers.length, more)
            : problem === '' && 'Looking for replies…'}
        </p>
        {more && (
          <button type="button" className={controls.quiet} onClick={loadOlder}>
            Show older replies
          </button>
        )}
        {answers.map((answer) => (
          <Entry key={answer.order} message={answer} authorOf={authorOf} />
        ))}
        <div ref={end} />
      </div>
      {problem !== '' && (
        <p role="alert" className={styles.problem}>
          {problem}
        </p>
      )}
      {canWrite && <ThreadField id={message.conversation} mid={message.mid} />}
    </aside>
  );
}

function Entry({
  message,
  authorOf,
}: {
  message: LocalMessage;
  authorOf: (message: LocalMessage) => string;
}) {
  const { ts, outgoing, gone, status } = message;
  return (
    <article className={styles.entry} data-own={outgoing}>
      <strong className={styles.author}>{authorOf(message)}</strong>
      <MessageBody message={message} />
      <span className={styles.meta}>
        <time dateTime={new Date(ts).toISOString()}>{timeOf(ts)}</time>
        {outgoing && gone === undefined && <MessageTicks status={status} />}
      </span>
      {(status === 'failed' || status === 'blocked') && <FailedMessage message={message} />}
    </article>
  );
}

/** Enter sends, Shift+Enter begins a line (on touch keyboards Enter does). */
function ThreadField({ id, mid }: { id: ConversationId; mid: number }) {
  const { client } = useWorkspace();
  const [text, setText] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  const mentionable = useMentionable(id, text);
  const mentions = useMentionList(field, text, mentionable.people);
  useEffect(() => {
    field.current?.focus();
  }, []);
  const excess = excessBytes(text);
  const canSend = text.trim() !== '' && excess === 0;

  function send(): void {
    if (!canSend) return;
    // A refusal is shown on the message itself.
    client.send(targetOf(id), { content: saying(text.trim(), mentionable), ref: mid }).sent.catch(() => {});
    setText('');
    field.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (mentions.onKeyDown(event) || !enterSends(event)) return;
    event.preventDefault();
    send();
  }

  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {mentions.shown !== undefined && <MentionList shown={mentions.shown} />}
      {excess > 0 && <TooLong bytes={excess} />}
      <textarea
        ref={field}
        className={styles.field}
        dir="auto"
        rows={2}
        placeholder="Reply"
        aria-label="Reply in the thread"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          mentions.follow(event.target);
        }}
        onSelect={(event) => mentions.follow(event.currentTarget)}
        onBlur={mentions.leave}
        onKeyDown={onKeyDown}
        {...(mentionable.isGroup && mentions.field)}
      />
      <button type="submit" className={controls.icon} aria-label="Send the reply" disabled={!canSend}>
        <SendHorizontal size={20} />
      </button>
    </form>
  );
}

function countOf(count: number, more: boolean): string {
  if (count === 0) return 'No replies yet';
  if (more) return `The last ${count} replies`;
  return count === 1 ? '1 reply' : `${count} replies`;
}
