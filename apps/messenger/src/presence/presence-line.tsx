import { useNow } from '../hooks/use-now.ts';
import { lastSeen } from '../ui/time.ts';
import styles from './presence-line.module.css';
import { usePresence } from './use-presence.ts';

/** "typing…", "online" or when the user was last seen. Takes its place also while nothing is known. */
export function PresenceLine({ address }: { address: string }) {
  const now = useNow();
  const { online, typing, seen } = usePresence(address);
  if (typing) return <span className={`${styles.line} ${styles.typing}`}>typing…</span>;
  if (online) return <span className={styles.line}>online</span>;
  if (seen === undefined) return <span className={styles.line}>{'\u00a0'}</span>;
  return <span className={styles.line}>{lastSeen(seen, now)}</span>;
}
