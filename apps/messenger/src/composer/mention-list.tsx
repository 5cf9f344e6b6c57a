import { useEffect } from 'react';
import { Avatar } from '../ui/avatar.tsx';
import styles from './mention-list.module.css';
import { optionId, type ShownMentions } from './use-mention-list.ts';

/** Whom the mention that is being typed may be of. The focus stays in the field. */
export function MentionList({ shown: { id, choices, active, choose } }: { shown: ShownMentions }) {
  useEffect(() => {
    document.getElementById(optionId(id, active))?.scrollIntoView({ block: 'nearest' });
  }, [id, active]);
  return (
    <div
      id={id}
      role="listbox"
      aria-label="People to mention"
      className={styles.list}
      tabIndex={-1}
      // Wherever it is pressed, also to scroll: the field would lose the focus, and a phone take its keyboard away.
      onMouseDown={(event) => event.preventDefault()}
    >
      {choices.map((choice, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field.
        <div
          key={choice.user}
          id={optionId(id, index)}
          role="option"
          aria-selected={index === active}
          tabIndex={-1}
          className={styles.option}
          onClick={() => choose(choice)}
        >
          <Avatar address={choice.user} name={choice.name} size={32} />
          <span className={styles.name}>{choice.name}</span>
          {choice.user !== choice.name && <span className={styles.user}>@{choice.user}</span>}
        </div>
      ))}
    </div>
  );
}
