import { ExternalLink } from 'lucide-react';
import { useId } from 'react';
import styles from './getting-started.module.css';
import { signInLink } from './session.ts';

/** How to see both sides of a chat: a second tab, signed in as somebody else. */
export function GettingStarted() {
  const heading = useId();
  return (
    <section className={styles.card} aria-labelledby={heading}>
      <h2 id={heading} className={styles.heading}>
        Try it with two people
      </h2>
      <ol className={styles.steps}>
        <li>
          <a href={signInLink} target="_blank" rel="noopener">
            Open a second tab <ExternalLink size={14} aria-hidden="true" />
          </a>{' '}
          and sign in there as somebody else.
        </li>
        <li>Pick that person here, and write.</li>
        <li>Put the tabs side by side: watch the ticks and who is typing.</li>
      </ol>
    </section>
  );
}
