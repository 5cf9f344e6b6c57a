import type { LocalMessage, ReceiptTimes } from '@stoa/client';
import { useEffect, useState } from 'react';
import { useLive } from '../hooks/live.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { fullTime } from '../ui/time.ts';
import styles from './message-info.module.css';

/** When a message was sent, delivered and read. */
export function MessageInfo({ message, onClose }: { message: LocalMessage; onClose: () => void }) {
  const { client, profiles } = useWorkspace();
  const nameOf = useLive(profiles.names);
  const [times, setTimes] = useState<readonly ReceiptTimes[] | 'asked' | 'unknown'>('asked');

  useEffect(() => {
    client.receiptTimes(message).then(setTimes, () => setTimes('unknown'));
  }, [client, message]);

  return (
    <Dialog title="Message info" onClose={onClose}>
      <dl className={styles.times}>
        <Moment label="Sent" at={message.ts} />
        {message.edited !== undefined && <Moment label="Edited" at={message.edited} />}
        {message.disappearsAt !== undefined && <Moment label="Disappears" at={message.disappearsAt} />}
        {typeof times === 'object' &&
          times.flatMap(({ user, deliveredAt, readAt }) => [
            <Moment key={`${user} delivered`} label={`Delivered to ${nameOf(user)}`} at={deliveredAt} />,
            <Moment key={`${user} read`} label={`Read by ${nameOf(user)}`} at={readAt} />,
          ])}
      </dl>
      <p role="status" className={styles.note}>
        {times === 'asked' && 'Asking the server…'}
        {times === 'unknown' && 'When it was delivered and read can be told when the connection is back.'}
      </p>
    </Dialog>
  );
}

function Moment({ label, at }: { label: string; at: number | undefined }) {
  return (
    <div className={styles.moment}>
      <dt>{label}</dt>
      <dd>
        {at === undefined ? 'Not yet' : <time dateTime={new Date(at).toISOString()}>{fullTime(at)}</time>}
      </dd>
    </div>
  );
}
