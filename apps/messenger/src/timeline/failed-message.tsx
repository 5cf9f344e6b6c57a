import type { LocalMessage } from '@stoa/client';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import styles from './message-bubble.module.css';

/** Why a message was refused, and the way to try again. */
export function FailedMessage({ message }: { message: LocalMessage }) {
  const { client } = useWorkspace();
  const { error } = message;
  // The hint of the server is for those who make applications.
  const hint = error?.code === 'INVALID_DESTINATION' ? 'Check the address.' : error?.hint;
  return (
    <p className={styles.failed} role="alert">
      Not sent. {error?.message} {hint}{' '}
      <button
        type="button"
        className={styles.retry}
        onClick={() => client.resend(message).sent.catch(() => {})}
      >
        Try again
      </button>
    </p>
  );
}
