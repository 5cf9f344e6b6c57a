import type { LocalMessage } from '@stoa/client';
import { useLive } from '../hooks/live.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import styles from './reactions.module.css';

/** The emoji on a message: how many, and who; a click adds the own one or takes it back. */
export function Reactions({
  message,
  onReact,
}: {
  message: LocalMessage;
  onReact: (message: LocalMessage, emoji: string, on: boolean) => void;
}) {
  const { session, profiles } = useWorkspace();
  const nameOf = useLive(profiles.names);
  const { reactions = [], gone } = message;
  if (reactions.length === 0 || gone !== undefined) return null;
  return (
    <ul className={styles.list} aria-label="Reactions">
      {reactions.map(({ emoji, users }) => {
        const isOwn = users.includes(session.address);
        const who = users.map((user) => (user === session.address ? 'You' : nameOf(user))).join(', ');
        return (
          <li key={emoji}>
            <button
              type="button"
              className={styles.reaction}
              aria-pressed={isOwn}
              aria-label={`${emoji} ${users.length}: ${who}`}
              title={who}
              onClick={() => onReact(message, emoji, !isOwn)}
            >
              <span>{emoji}</span>
              <span>{users.length}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
