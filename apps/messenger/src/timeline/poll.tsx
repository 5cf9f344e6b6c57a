import type { LocalMessage } from '@stoa/client';
import { useState } from 'react';
import { useLive } from '../hooks/live.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import styles from './poll.module.css';

/** A question, what can be answered, and what was. */
export function Poll({ message }: { message: LocalMessage }) {
  const { client, session, profiles } = useWorkspace();
  const nameOf = useLive(profiles.names);
  const [problem, setProblem] = useState('');
  const { content, votes = [], pollClosed, seq } = message;
  const poll = content?.poll;
  if (poll === undefined) return null;
  const usersOf = (option: number): readonly string[] =>
    votes.find((vote) => vote.option === option)?.users ?? [];
  const own = votes.filter(({ users }) => users.includes(session.address)).map(({ option }) => option);

  function vote(option: number, on: boolean): void {
    const rest = poll?.multiple ? own.filter((one) => one !== option) : [];
    setProblem('');
    client
      .vote(message, on ? [...rest, option] : rest)
      .done.catch((error: Error) => setProblem(error.message));
  }

  return (
    <fieldset className={styles.poll} disabled={pollClosed !== undefined || seq === 0}>
      <legend className={styles.question}>
        <bdi>{poll.question}</bdi>
      </legend>
      {poll.options.map((text, option) => {
        const users = usersOf(option);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: votes name options by their places.
          <label key={option} className={styles.option} title={users.map(nameOf).join(', ')}>
            <input
              type="checkbox"
              checked={own.includes(option)}
              onChange={(event) => vote(option, event.target.checked)}
            />
            <bdi>{text}</bdi>
            <span className={styles.count}>{users.length}</span>
          </label>
        );
      })}
      {pollClosed !== undefined && <p className={styles.note}>This poll is closed.</p>}
      {problem !== '' && (
        <p className={styles.note} role="alert">
          {problem}
        </p>
      )}
    </fieldset>
  );
}
