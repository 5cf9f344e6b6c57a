import type { LocalMessage } from '@stoa/client';
import { useCallback, useEffect, useState } from 'react';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import { withMessages, withUpdate } from '../timeline/message-window.ts';

export interface Thread {
  /** The message that is answered, as it is now. */
  readonly parent: LocalMessage;
  /** Whether they have been looked for. */
  readonly ready: boolean;
  /** Oldest first. */
  readonly answers: readonly LocalMessage[];
  /** Whether there are older ones. */
  readonly more: boolean;
  /** Why they cannot be had now. */
  readonly problem: string;
  loadOlder(): void;
}

/** The answers to a message, kept up to date with the client. */
export function useThread(opened: LocalMessage): Thread {
  const { client } = useWorkspace();
  const [parent, setParent] = useState(opened);
  const [answers, setAnswers] = useState<readonly LocalMessage[]>([]);
  const [ready, setReady] = useState(false);
  const [more, setMore] = useState(false);
  const [problem, setProblem] = useState('');
  const { conversation, mid } = opened;

  const load = useCallback(
    (before?: number) => {
      client.thread(opened, before === undefined ? {} : { before }).then(
        (page) => {
          setAnswers((known) => withMessages(known, page.messages));
          setMore(page.more);
          setReady(true);
          setProblem('');
        },
        (error: Error) => setProblem(error.message),
      );
    },
    [client, opened],
  );

  useEffect(() => {
    setParent(opened);
    setAnswers([]);
    setReady(false);
    load();
    const offs = [
      client.on('message', (message) => {
        if (message.conversation === conversation && message.ref === mid) {
          setAnswers((known) => withMessages(known, [message]));
        }
      }),
      client.on('update', (message, before) => {
        if (message.conversation !== conversation) return;
        if (message.mid === mid) setParent(message);
        else if (message.ref === mid) setAnswers((known) => withUpdate(known, message, before));
      }),
      client.on('removed', (removed) => {
        if (removed.conversation !== conversation) return;
        const isRemoved = ({ order }: LocalMessage): boolean =>
          'upTo' in removed ? order <= removed.upTo : removed.orders.includes(order);
        setAnswers((known) => known.filter((message) => !isRemoved(message)));
      }),
      client.on('status', ({ state }) => {
        if (state === 'online') load();
      }),
    ];
    return () => {
      for (const off of offs) off();
    };
  }, [client, opened, conversation, mid, load]);

  const oldest = answers.find((message) => message.mid > 0)?.mid;
  return { parent, ready, answers, more, problem, loadOlder: () => load(oldest) };
}
