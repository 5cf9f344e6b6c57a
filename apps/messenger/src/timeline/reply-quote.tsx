import { type LocalMessage, targetOf } from '@stoa/client';
import { useEffect, useState } from 'react';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import { contentSummary } from '../ui/content-summary.ts';
import styles from './reply-quote.module.css';

/** The message that another one answers, in a line; leads to it. */
export function ReplyQuote({
  answer,
  authorOf,
  onJump,
}: {
  answer: LocalMessage;
  authorOf: (message: LocalMessage) => string;
  onJump: (mid: number) => void;
}) {
  const quoted = useAnswered(answer);
  if (quoted === 'sought') return <span className={styles.quote}>…</span>;
  if (quoted === undefined) return <span className={styles.quote}>A message that is not there any more</span>;
  return (
    <button
      type="button"
      className={styles.quote}
      aria-label={`In reply to ${authorOf(quoted)}: ${contentSummary(quoted)}`}
      onClick={() => onJump(quoted.mid)}
    >
      <span className={styles.author}>{authorOf(quoted)}</span>
      <bdi className={styles.text}>{contentSummary(quoted)}</bdi>
    </button>
  );
}

/** Kept up to date with edits and recalls. */
function useAnswered({ conversation, ref }: LocalMessage): LocalMessage | undefined | 'sought' {
  const { client } = useWorkspace();
  const [quoted, setQuoted] = useState<LocalMessage | undefined | 'sought'>('sought');

  useEffect(() => {
    let isWanted = true;
    if (ref === undefined) return;
    const found = (message: LocalMessage | undefined): void => {
      if (isWanted) setQuoted(message);
    };
    client.message(targetOf(conversation), ref).then(found, () => found(undefined));
    const off = client.on('update', (message) => {
      if (message.conversation === conversation && message.mid === ref) found(message);
    });
    return () => {
      isWanted = false;
      off();
    };
  }, [client, conversation, ref]);

  return quoted;
}
