import { MicOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { CallView } from './call-board.ts';
import styles from './call-facts.module.css';
import { clockDuration } from './call-words.ts';
import { QualityMark } from './quality-mark.tsx';

/** For how long the two talk, how good the connection is, and whether the other one can be heard. */
export function CallFacts({ view: { status, peerMedia, quality, connectedAt } }: { view: CallView }) {
  if (status.phase !== 'connected') return null;
  return (
    <span className={styles.facts}>
      {connectedAt !== undefined && <Duration since={connectedAt} />}
      {quality !== undefined && <QualityMark quality={quality} />}
      {!peerMedia.audio && (
        <span className={styles.muted}>
          <MicOff size={14} />
          muted
        </span>
      )}
    </span>
  );
}

/** Not a live region: nobody wants to hear every second. */
function Duration({ since }: { since: number }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <span role="timer" aria-live="off" className={styles.duration}>
      {clockDuration(Math.max(0, (now - since) / 1_000))}
    </span>
  );
}
