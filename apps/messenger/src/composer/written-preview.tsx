import type { LinkPreview } from '@stoa/protocol';
import { X } from 'lucide-react';
import { LinkCard } from '../timeline/link-card.tsx';
import controls from '../ui/controls.module.css';
import styles from './written-preview.module.css';

/** Above the field: what the link in the text leads to, as it will go with the message. */
export function WrittenPreview({ preview, onRemove }: { preview: LinkPreview; onRemove: () => void }) {
  return (
    <section className={styles.written} aria-label="Preview of the link">
      <LinkCard preview={preview} />
      <button
        type="button"
        className={controls.icon}
        aria-label="Send without the preview"
        title="Send without the preview"
        onClick={onRemove}
      >
        <X size={18} />
      </button>
    </section>
  );
}
