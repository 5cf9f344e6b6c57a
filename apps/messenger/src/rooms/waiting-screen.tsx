import { useEffect, useRef } from 'react';
import controls from '../ui/controls.module.css';
import styles from './waiting.module.css';

/** Over the page while the user waits in front of a room. He sees nothing of it. */
export function WaitingScreen({ onLeave }: { onLeave: () => void }) {
  const screen = useRef<HTMLElement>(null);
  useEffect(() => screen.current?.focus(), []);
  return (
    <section
      ref={screen}
      className={styles.waiting}
      data-scheme="dark"
      aria-label="Waiting room"
      tabIndex={-1}
    >
      <p role="status">You are waiting to be let in.</p>
      <button type="button" className={controls.primary} onClick={onLeave}>
        Stop waiting
      </button>
    </section>
  );
}
