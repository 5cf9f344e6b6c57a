import type { LocalMessage } from '@stoa/client';
import { Pencil, Reply, X } from 'lucide-react';
import { contentSummary } from '../ui/content-summary.ts';
import controls from '../ui/controls.module.css';
import styles from './composer-context.module.css';

/** Above the field: the message that is being answered or edited, and the way out. */
export function ComposerContext({
  kind,
  message,
  author,
  onCancel,
}: {
  kind: 'reply' | 'edit';
  message: LocalMessage;
  author: string;
  onCancel: () => void;
}) {
  const Icon = kind === 'reply' ? Reply : Pencil;
  const label = kind === 'reply' ? `Reply to ${author}` : 'Edit message';
  return (
    <div className={styles.context}>
      <Icon size={18} />
      <div className={styles.what}>
        <strong className={styles.label}>{label}</strong>
        <span className={styles.text} dir="auto">
          {contentSummary(message)}
        </span>
      </div>
      <button
        type="button"
        className={controls.icon}
        aria-label={kind === 'reply' ? 'Do not reply' : 'Stop editing'}
        title="Cancel (Escape)"
        onClick={onCancel}
      >
        <X size={18} />
      </button>
    </div>
  );
}
