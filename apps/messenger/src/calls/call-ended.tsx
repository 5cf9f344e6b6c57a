import { Phone, X } from 'lucide-react';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import controls from '../ui/controls.module.css';
import type { CallView } from './call-board.ts';
import styles from './call-ended.module.css';

/** After the end of a call that did not end as the user wanted: again, or never mind. */
export function CallEnded({ view: { call, status } }: { view: CallView }) {
  const { calls } = useWorkspace();
  const isDone = status.phase === 'ended' && status.reason === 'hangup';
  return (
    <div className={styles.actions}>
      <button
        type="button"
        className={`${controls.quiet} ${styles.action}`}
        onClick={() => calls.hangUp(call)}
      >
        <X size={20} />
        Close
      </button>
      {!isDone && (
        <button
          type="button"
          className={`${controls.primary} ${styles.action}`}
          onClick={() => calls.call(call.peer, call.video)}
        >
          <Phone size={20} />
          Call again
        </button>
      )}
    </div>
  );
}
