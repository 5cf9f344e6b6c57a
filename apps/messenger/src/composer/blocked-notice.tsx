import { useWorkspace } from '../hooks/use-workspace.tsx';
import { changeBlock } from '../profiles/blocking.ts';
import controls from '../ui/controls.module.css';
import styles from './blocked-notice.module.css';

/** Instead of the field to write in: the user has blocked the other side. */
export function BlockedNotice({ address, name }: { address: string; name: string }) {
  const { client } = useWorkspace();
  return (
    <div className={styles.notice}>
      <p>You have blocked {name}.</p>
      <button
        type="button"
        className={controls.quiet}
        onClick={() => void changeBlock(client, address, { messages: false })}
      >
        Unblock
      </button>
    </div>
  );
}
