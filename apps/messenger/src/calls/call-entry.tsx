import type { CallLog } from '@stoa/protocol';
import { Phone, PhoneIncoming, PhoneMissed, PhoneOutgoing, Video } from 'lucide-react';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import styles from './call-entry.module.css';
import { callLogText } from './call-words.ts';
import { useCallObstacle } from './use-call-obstacle.ts';

/** A call in the conversation: what became of it, and a button that calls back. */
export function CallEntry({ log, peer, outgoing }: { log: CallLog; peer: string; outgoing: boolean }) {
  const { calls } = useWorkspace();
  const obstacle = useCallObstacle(peer);
  const again = outgoing ? 'Call again' : 'Call back';
  return (
    <span className={styles.entry}>
      <span className={styles.icon} data-missed={isMissed(log, outgoing)}>
        <CallIcon log={log} outgoing={outgoing} size={20} />
      </span>
      <span className={styles.text}>
        <span dir="auto">{callLogText(log, outgoing)}</span>
        <button
          type="button"
          className={styles.again}
          disabled={obstacle !== undefined}
          title={obstacle}
          onClick={() => calls.call(peer, log.video)}
        >
          {again}
        </button>
      </span>
    </span>
  );
}

export function CallIcon({ log, outgoing, size }: { log: CallLog; outgoing: boolean; size: number }) {
  const Icon = log.video
    ? Video
    : isMissed(log, outgoing)
      ? PhoneMissed
      : log.outcome !== 'answered'
        ? Phone
        : outgoing
          ? PhoneOutgoing
          : PhoneIncoming;
  return <Icon size={size} />;
}

/** Whether the user would have liked to know of it. */
function isMissed({ outcome }: CallLog, outgoing: boolean): boolean {
  return !outgoing && (outcome === 'missed' || outcome === 'busy');
}
