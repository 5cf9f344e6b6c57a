import { useAttempt } from '../hooks/use-attempt.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import { changeBlock } from '../profiles/blocking.ts';
import controls from '../ui/controls.module.css';
import styles from './blocked-notice.module.css';

/** Instead of the field to write in: the user has blocked the other side. */
export function BlockedNotice({ address, name }: { address: string; name: string }) {
  const { client } = useWorkspace();
  const { attempt, busy, failure } = useAttempt();
  return (
    <div className={styles.notice}>
      <p>You have blocked {name}.</p>
      <button
        type="button"
        className={controls.quiet}
        disabled={busy}
        onClick={() => void attempt(() => changeBlock(client, address, { messages: false }))}
      >
        Unblock
      </button>
      <p role="alert" className={styles.failure}>
        {failure}
      </p>
    </div>
  );
}
