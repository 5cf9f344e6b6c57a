import type { LocalMessage, Target } from '@stoa/client';
import { useState } from 'react';
import controls from '../ui/controls.module.css';
import { Dialog } from '../ui/dialog.tsx';
import { FoundMessages } from './found-messages.tsx';
import styles from './search-in-chat.module.css';
import { useMessageSearch } from './use-message-search.ts';

/** Finds messages of one chat, and leads to them. */
export function SearchInChat({
  target,
  name,
  authorOf,
  onJump,
  onClose,
}: {
  target: Target;
  name: string;
  authorOf: (message: LocalMessage) => string;
  onJump: (mid: number) => void;
  onClose: () => void;
}) {
  const [query, setQuery] = useState('');
  const search = useMessageSearch(query, target);
  return (
    <Dialog title={`Search in the chat with ${name}`} onClose={onClose}>
      <input
        type="search"
        className={controls.field}
        placeholder="Search messages"
        aria-label="Search messages"
        value={query}
        onChange={(event) => setQuery(event.target.value)}
      />
      <div className={styles.results}>
        <FoundMessages
          search={search}
          nameOf={authorOf}
          onChoose={(message) => {
            onClose();
            onJump(message.mid);
          }}
        />
      </div>
    </Dialog>
  );
}
