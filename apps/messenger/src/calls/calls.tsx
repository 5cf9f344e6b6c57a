import { useLive } from '../hooks/live.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import { CallScreen } from './call-screen.tsx';
import styles from './calls.module.css';
import { IncomingCall } from './incoming-call.tsx';
import { CallSound } from './stream-player.tsx';
import { useCallAlerts } from './use-call-alerts.ts';
import { useWakeLock } from './use-wake-lock.ts';

/** Everything that the page shows of calls, apart from what the chats say of them. */
export function Calls() {
  const { calls } = useWorkspace();
  const { current, incoming, notice, speaker } = useLive(calls);
  useCallAlerts();
  useWakeLock(current !== undefined && current.status.phase !== 'ended');
  return (
    <>
      {current !== undefined && (
        <>
          <CallScreen view={current} />
          <CallSound call={current.call} speaker={speaker} />
        </>
      )}
      {incoming !== undefined && <IncomingCall key={incoming.call.id} view={incoming} />}
      <p role="status" className={styles.notice} data-call-notice>
        {notice}
      </p>
    </>
  );
}
